import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { LimitLog } from "../limit-log.ts";

/**
 * Ends connections whose bytes are no HTTP request. Whose it was cannot be known, so it gets a status without a body:
 * 431 for headers that are too large, 408 for what never ends, else 400.
 */
export function unreadableRequests(
  limitLog: LimitLog,
): (error: { readonly code?: string }, socket: Socket) => void {
  return ({ code = "" }, socket) => {
    const { status, limit } = REFUSALS[code] ?? { status: 400 };
    if (limit !== undefined) limitLog.hit(limit);
    if (socket.destroyed || !socket.writable) {
      socket.destroy();
      return;
    }
    const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, "Content-Length: 0"];
    socket.end([...head, "Connection: close", "", ""].join("\r\n"), () => socket.destroy());
  };
}

interface Refusal {
  readonly status: number;
  readonly limit?: "requestHeadMaxBytes" | "requestTimeoutMs";
}

const REFUSALS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: { status: 431, limit: "requestHeadMaxBytes" },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, limit: "requestTimeoutMs" },
};
