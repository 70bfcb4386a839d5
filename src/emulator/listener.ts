import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { createServer } from "node:tls";
import type { Logger } from "../base/log.ts";
import { addressError } from "./address-error.ts";
import type { ConnectHead } from "./connect-packet.ts";
import { connackRefusal, peekConnect } from "./connect-packet.ts";
import { trackSockets } from "./raw-sockets.ts";

/** A service behind the listener: takes over a connection whose CONNECT has arrived but is still unread. */
export interface MqttService {
  accept(socket: TLSSocket): void;
}

export interface ListenerOptions {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly host: string;
  /** 0 = a free port. */
  readonly port: number;
  readonly connectTimeoutMs: number;
  /** The service that a CONNECT is for; undefined refuses it with CONNACK 5. */
  readonly route: (head: ConnectHead) => MqttService | undefined;
  readonly log: Logger;
}

export interface Listener extends AsyncDisposable {
  readonly port: number;
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
    key: options.privateKeyPem,
    cert: options.certificatePem,
    minVersion: "TLSv1.2",
    handshakeTimeout: options.connectTimeoutMs,
    noDelay: true,
    requestCert: true,
    // Server side, and the only such line of the tree: DPS and IoT Hub take any client certificate at TLS
    // level and judge it at CONNECT (thumbprint) and at register (chain), so that the device gets a
    // CONNACK or an error body instead of a TLS alert. test/integration shows that a foreign leaf gets no further.
    rejectUnauthorized: false,
  });
  const sockets = trackSockets(server);
  server.on("secureConnection", (socket) => handOver(socket, options));
  server.on("tlsClientError", (err, socket) => {
    options.log.debug({ err }, "tls handshake failed");
    // Node tells that the handshake's time is over, and leaves the connection open.
    socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(addressError(error, options.host, options.port)));
    // 511, Node's default, loses SYNs when ten thousand devices arrive at once.
    server.listen({ host: options.host, port: options.port, backlog: 4096 }, resolve);
  });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= new Promise((resolve) => {
      server.close(() => resolve());
      sockets.destroyAll();
    });
    return stopped;
  };
  return { port: portOf(server.address()), stop, [Symbol.asyncDispose]: stop };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new TypeError("no TCP address");
  return address.port;
}

/** Waits for the whole CONNECT, puts it back, and gives the socket to the service it names. */
function handOver(socket: TLSSocket, options: ListenerOptions): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let wanted = 0;
  const fail = (): void => void socket.destroy();
  const timer = setTimeout(fail, options.connectTimeoutMs);
  const release = (): void => {
    clearTimeout(timer);
    socket.off("readable", onReadable);
    socket.off("error", fail);
    socket.off("close", release);
  };
  const onReadable = (): void => {
    const chunk: unknown = socket.read();
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
    const service = peek.head.level === 4 ? options.route(peek.head) : undefined;
    release();
    if (service === undefined) {
      options.log.debug({ level: peek.head.level }, "connection refused");
      // MQTT 3.1.1, 3.1.2.2: another protocol level is answered with code 1.
      refuse(socket, peek.head.level === 4 ? 5 : 1, options.connectTimeoutMs);
      return;
    }
    socket.unshift(seen);
    service.accept(socket);
  };
  socket.on("readable", onReadable);
  socket.on("error", fail);
  socket.on("close", release);
}

/** Says no and closes; a peer that keeps its side open loses it after `lingerMs`. */
function refuse(socket: TLSSocket, code: 1 | 5, lingerMs: number): void {
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.on("error", () => socket.destroy());
  socket.on("close", () => clearTimeout(timer));
  // Read and thrown away: unread bytes would turn the close into a reset, which can overtake the CONNACK.
  socket.resume();
  socket.end(connackRefusal(code));
}
