import type { Socket } from "node:net";
import type { ApiScope } from "./api-server.ts";

/**
 * Closes connections whose clients take nothing of their answers. Only while an answer goes out: a client that waits for
 * one is not slow.
 *
 * @param timeoutMs without a byte taken
 */
export function endSlowReaders(app: ApiScope, timeoutMs: number): void {
  const answering = new WeakMap<Socket, number>();
  app.addHook("onSend", async ({ raw: { socket } }, { raw: answer }) => {
    answering.set(socket, (answering.get(socket) ?? 0) + 1);
    // Node closes a connection whose time is over where nobody else listens for that.
    socket.setTimeout(timeoutMs);
    // Before Node's own listener, which sets the time for the next request.
    answer.prependOnceListener("finish", () => {
      const left = (answering.get(socket) ?? 1) - 1;
      answering.set(socket, left);
      if (left === 0) socket.setTimeout(0);
    });
  });
}
