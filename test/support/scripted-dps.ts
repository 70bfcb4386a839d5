import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { createServer } from "node:tls";
import type { IPublishPacket, Packet } from "mqtt-packet";
import { generate, parser } from "mqtt-packet";

/** An answer of the script; with `thenDrop` the connection is closed right behind it. */
export interface ScriptedAnswer {
  readonly status: number;
  readonly retryAfterS?: number;
  /** A text is sent as it is. */
  readonly body: object | string;
  /** In place of that of a DPS answer. */
  readonly topic?: (requestId: string) => string;
  readonly thenDrop?: boolean;
}

/** What the script does with the n-th request (register or poll); `drop` closes the connection, `silence` answers nothing. */
export type Script = (request: {
  readonly index: number;
  readonly kind: "register" | "poll";
}) => ScriptedAnswer | "drop" | "silence";

export interface ScriptedDps extends AsyncDisposable {
  readonly port: number;
  /** ms since 1970 of each request. */
  readonly requestedAt: readonly number[];
}

/**
 * A peer that speaks DPS over MQTT and TLS as told, for answers that the emulator never gives.
 * It judges no certificate: it is the server that is scripted here, not attestation.
 */
export async function startScriptedDps(
  tls: { readonly chainPem: string; readonly privateKeyPem: string },
  script: Script,
): Promise<ScriptedDps> {
  const requestedAt: number[] = [];
  const open = new Set<TLSSocket>();
  const server = createServer({ cert: tls.chainPem, key: tls.privateKeyPem }, (socket) => {
    open.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => open.delete(socket));
    const incoming = parser({ protocolVersion: 4 });
    incoming.on("packet", (packet: Packet) => answer(socket, packet));
    socket.on("data", (chunk) => incoming.parse(chunk));
  });

  function answer(socket: TLSSocket, packet: Packet): void {
    if (packet.cmd === "connect") {
      socket.write(generate({ cmd: "connack", returnCode: 0, sessionPresent: false }));
    } else if (packet.cmd === "subscribe") {
      socket.write(generate({ cmd: "suback", messageId: packet.messageId ?? 0, granted: [1] }));
    } else if (packet.cmd === "unsubscribe") {
      const messageId = packet.messageId ?? 0;
      socket.write(generate({ cmd: "unsuback", messageId, granted: [] }));
    } else if (packet.cmd === "publish") {
      request(socket, packet);
    } else if (packet.cmd === "disconnect") {
      socket.end();
    }
  }

  function request(socket: TLSSocket, packet: IPublishPacket): void {
    requestedAt.push(Date.now());
    const kind = packet.topic.includes("/PUT/") ? "register" : "poll";
    const reply = script({ index: requestedAt.length - 1, kind });
    if (reply === "silence") return;
    if (reply === "drop") {
      socket.destroy();
      return;
    }
    const rid = /\$rid=([^&]+)/.exec(packet.topic)?.[1] ?? "";
    const retryAfter = reply.retryAfterS === undefined ? "" : `&retry-after=${reply.retryAfterS}`;
    socket.write(generate({ cmd: "puback", messageId: packet.messageId ?? 0 }));
    socket.write(
      generate({
        cmd: "publish",
        qos: 0,
        dup: false,
        retain: false,
        topic:
          reply.topic?.(rid) ?? `$dps/registrations/res/${reply.status}/?$rid=${rid}${retryAfter}`,
        payload: typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body),
      }),
    );
    if (reply.thenDrop === true) socket.end();
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address: string | AddressInfo | null = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    requestedAt,
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
