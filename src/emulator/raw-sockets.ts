import type { Server, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { ClientBounds } from "./client-bounds.ts";

const underneath = new WeakMap<TLSSocket, Socket>();

/** Closes what comes beyond the connections that a port may hold. */
export function boundConnections(server: Server, { limits, limitLog }: ClientBounds): void {
  server.maxConnections = limits.connectionsMax;
  server.on("drop", (dropped) => limitLog.hit("connectionsMax", { port: dropped?.localPort }));
}

/**
 * The TCP connections of a TLS server, from the first byte on: one whose handshake is not over is in no list of
 * Node's own, and would keep the server from closing until the handshake's limit.
 */
export function trackSockets(server: Server): { readonly destroyAll: () => void } {
  const open = new Set<Socket>();
  const inHandshake = new Map<string, Socket>();
  server.on("connection", (socket: Socket) => {
    const peer = peerOf(socket);
    open.add(socket);
    inHandshake.set(peer, socket);
    socket.once("close", () => {
      open.delete(socket);
      if (inHandshake.get(peer) === socket) inHandshake.delete(peer);
    });
  });
  server.on("secureConnection", (secured: TLSSocket) => {
    const peer = peerOf(secured);
    const socket = inHandshake.get(peer);
    inHandshake.delete(peer);
    if (socket !== undefined) underneath.set(secured, socket);
  });
  return {
    destroyAll: () => {
      for (const socket of open) socket.destroy();
    },
  };
}

/** The TCP connection under a TLS connection of a server whose sockets are tracked. */
export function socketUnder(secured: TLSSocket): Socket | undefined {
  return underneath.get(secured);
}

/** Names an open connection: no two to one port come from the same address and port. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
