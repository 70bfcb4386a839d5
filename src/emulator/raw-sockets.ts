import type { Server, Socket } from "node:net";

/**
 * The TCP connections of a TLS server, from the first byte on: one whose handshake is not over is in no list of
 * Node's own, and would keep the server from closing until the handshake's limit.
 */
export function trackSockets(server: Server): { readonly destroyAll: () => void } {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  return {
    destroyAll: () => {
      for (const socket of open) socket.destroy();
    },
  };
}
