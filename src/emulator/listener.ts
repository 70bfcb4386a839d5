import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:tls";
import { addressError } from "../base/address-error.ts";
import type { HandOverOptions } from "./hand-over.ts";
import { handOver } from "./hand-over.ts";
import { boundConnections, trackSockets } from "./raw-sockets.ts";
import type { PortTls } from "./server-tls.ts";
import { forgetSessions, portOptions } from "./server-tls.ts";

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
  boundConnections(server, options.bounds);
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
