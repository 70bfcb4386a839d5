import type { RequestOptions } from "node:http";
import { STATUS_CODES } from "node:http";
import { Agent } from "node:https";
import { createRequire } from "node:module";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type * as Ws from "ws";
import type { ConnectionTaker } from "./connect-later.ts";
import { connectLater } from "./connect-later.ts";
import { WEBSOCKET_PATH, WEBSOCKET_SUBPROTOCOL } from "./transport.ts";

/** Loaded with the first WebSocket, without a wait: it takes 50 ms that workers of other devices need not pay. */
const ws = (): typeof Ws => createRequire(import.meta.url)("ws");

/** A server that spoke TLS and HTTP, and took no WebSocket. */
export class UpgradeRefused extends Error {
  override readonly name = "UpgradeRefused";
  readonly status: number;

  constructor(host: string, status: number) {
    const words = `${status} ${STATUS_CODES[status] ?? ""}`.trim();
    super(`${host} refused the WebSocket: ${words}`);
    this.status = status;
  }
}

/** Hands a request the connection that `dial` opens. */
class DialAgent extends Agent {
  readonly #dial: () => Promise<TLSSocket>;

  constructor(dial: () => Promise<TLSSocket>) {
    super();
    this.#dial = dial;
  }

  override createConnection(_options: RequestOptions, take?: ConnectionTaker): undefined {
    if (take !== undefined) void connectLater(this.#dial, take);
  }
}

/**
 * Opens a WebSocket for MQTT at DPS or a hub. It tells of its end as an `error`, `UpgradeRefused` among them, and `close`.
 *
 * @param dial opens TLS to the host; it may still be in its handshake
 */
export function openMqttWebSocket(host: string, dial: () => Promise<TLSSocket>): Ws.WebSocket {
  const webSocket = new (ws().WebSocket)(`wss://${host}${WEBSOCKET_PATH}`, WEBSOCKET_SUBPROTOCOL, {
    agent: new DialAgent(dial),
    // Packets are small, and a deflate stream for each connection is not.
    perMessageDeflate: false,
  });
  webSocket.on("unexpected-response", (request, response) => {
    request.destroy(new UpgradeRefused(host, response.statusCode ?? 0));
  });
  return webSocket;
}

/**
 * The bytes that a WebSocket carries, for MQTT; writing may begin before it is open. What is written together goes out
 * as one frame, since MQTT.js writes a packet in pieces; MQTT 3.1.1, section 6, leaves the framing free.
 */
export function mqttStreamOf(webSocket: Ws.WebSocket): Duplex {
  const stream = ws().createWebSocketStream(webSocket, {
    writev: (chunks, done) => {
      const pieces: Buffer[] = chunks.map(({ chunk }) => chunk);
      const send = (): void => webSocket.send(Buffer.concat(pieces), done);
      if (webSocket.readyState === webSocket.CONNECTING) webSocket.once("open", send);
      else send();
    },
  });
  // A peer that has closed will read nothing more; what it sent before is read to its end first.
  stream.once("end", () => stream.destroy());
  return stream;
}
