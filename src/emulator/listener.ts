import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { createServer } from "node:tls";
import type { Logger } from "../base/log.ts";
import { addressError } from "./address-error.ts";
import type { ConnectHead } from "./connect-packet.ts";
import { connackRefusal, peekConnect } from "./connect-packet.ts";
import { trackSockets } from "./raw-sockets.ts";
import type { PortTls } from "./server-tls.ts";
import { forgetSessions, portOptions } from "./server-tls.ts";

/** A service behind the listener: takes over a connection whose CONNECT has arrived but is still unread. */
export interface MqttService {
  /** @param peer the TLS connection under `stream`: the same, or the one that carries a WebSocket */
  accept(stream: Duplex, peer: TLSSocket): void;
}

/** How a CONNECT is turned away: by a code of MQTT 3.1.1, 3.2.2.3, or without a word. */
export type TurnedAway = 1 | 2 | 3 | 4 | 5 | "close";

/** How a new MQTT connection finds its service. */
export interface HandOverOptions {
  /** A connection without a whole CONNECT by then is closed. */
  readonly connectTimeoutMs: number;
  /** Lets a CONNECT of MQTT 3.1.1 in, by `enter`, when the network has let it through; which may be never. */
  readonly arrive: (
    head: ConnectHead,
    connection: { readonly stream: Duplex; readonly socket: TLSSocket },
    enter: () => void,
  ) => void;
  /** The service that such a CONNECT is for, once it is in. */
  readonly route: (head: ConnectHead) => MqttService | TurnedAway;
  readonly log: Logger;
}

export interface ListenerOptions extends HandOverOptions, PortTls {
  readonly host: string;
  /** 0 = a free port. */
  readonly port: number;
}

export interface Listener extends AsyncDisposable {
  readonly port: number;
  /** Resumes no TLS session that was begun until now; connections that are open stay. */
  forgetSessions(): void;
  /** Takes no new connections; those that are open stay. */
  close(): void;
  /** Closes the port and every connection; safe to call twice. */
  stop(): Promise<void>;
}

/**
 * One TLS port for DPS and all hubs. The service is found by the user name of CONNECT, as behind
 * Azure's own front ends; SNI picks no service.
 *
 * @throws {FleetError} `ADDRESS_IN_USE`
 */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const server = createServer({
    ...portOptions(options),
    handshakeTimeout: options.connectTimeoutMs,
    noDelay: true,
  });
  const sockets = trackSockets(server);
  server.on("secureConnection", (socket) => handOver(socket, socket, options));
  server.on("tlsClientError", (err, socket) => {
    options.log.debug({ err }, "tls handshake failed");
    // Node tells that the handshake's time is over, and leaves the connection open.
    socket.destroy();
  });
  // 511, Node's default, loses SYNs when ten thousand devices arrive at once.
  server.listen({ host: options.host, port: options.port, backlog: 4096 });
  try {
    await once(server, "listening");
  } catch (error) {
    throw await addressError(error, options.host, options.port);
  }
  const port = portOf(server.address());
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closed ??= new Promise((resolve) => server.close(() => resolve())));
  const stop = async (): Promise<void> => {
    const last = close();
    sockets.destroyAll();
    await last;
  };
  return {
    port,
    forgetSessions: () => forgetSessions(server, options.tls),
    close: () => void close(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new TypeError("no TCP address");
  return address.port;
}

/** Waits for the whole CONNECT, puts it back, and gives the stream to the service it names. */
export function handOver(stream: Duplex, peer: TLSSocket, options: HandOverOptions): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let wanted = 0;
  const fail = (): void => void stream.destroy();
  const timer = setTimeout(fail, options.connectTimeoutMs);
  const release = (): void => {
    clearTimeout(timer);
    stream.off("readable", onReadable);
    stream.off("error", fail);
    stream.off("close", release);
  };
  const onReadable = (): void => {
    const chunk: unknown = stream.read();
    if (!Buffer.isBuffer(chunk)) return;
    chunks.push(chunk);
    bytes += chunk.length;
    // Joined only when it can help: a peer that sends byte by byte must not cost a copy each.
    if (bytes < wanted) return;
    const seen = Buffer.concat(chunks);
    const peek = peekConnect(seen);
    if (peek.state === "incomplete") {
      wanted = peek.wanted;
      return;
    }
    if (peek.state === "invalid") return fail();
    release();
    const { head } = peek;
    const enter = (): void => {
      // MQTT 3.1.1, 3.1.2.2: another protocol level is answered with code 1.
      const service = head.level === 4 ? options.route(head) : 1;
      if (typeof service !== "object") {
        options.log.debug({ level: head.level, answer: service }, "connection refused");
        turnAway(stream, service, options.connectTimeoutMs);
        return;
      }
      stream.unshift(seen);
      service.accept(stream, peer);
    };
    if (head.level === 4) options.arrive(head, { stream, socket: peer }, enter);
    else enter();
  };
  stream.on("readable", onReadable);
  stream.on("error", fail);
  stream.on("close", release);
}

/** Says no and closes; a peer that keeps its side open loses it after `lingerMs`. */
function turnAway(stream: Duplex, answer: TurnedAway, lingerMs: number): void {
  if (answer === "close") {
    stream.destroy();
    return;
  }
  const timer = setTimeout(() => stream.destroy(), lingerMs);
  stream.on("error", () => stream.destroy());
  stream.on("close", () => clearTimeout(timer));
  // Read and thrown away: unread bytes would turn the close into a reset, which can overtake the CONNACK.
  stream.resume();
  stream.end(connackRefusal(answer));
}
