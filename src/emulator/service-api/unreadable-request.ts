import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";

/**
 * Ends a connection whose bytes are no HTTP request. Whose it was cannot be known, so it gets a status without a body:
 * 431 for headers that are too large, 408 for what never ends, else 400.
 */
export function refuseUnreadable({ code }: { readonly code?: string }, socket: Socket): void {
  if (socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUSES[code ?? ""] ?? 400;
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, "Content-Length: 0"];
  socket.end([...head, "Connection: close", "", ""].join("\r\n"), () => socket.destroy());
}

const STATUSES: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};
