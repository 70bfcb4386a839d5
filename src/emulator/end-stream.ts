import type { Duplex } from "node:stream";

/**
 * Ends a connection once what was written to it is sent; what still arrives is thrown away, and nothing is answered. A
 * close with unread bytes would be a reset, which can overtake what was sent.
 *
 * @returns when it is closed, which needs the peer
 */
export function endStream(stream: Duplex): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed) return resolve();
    stream.once("close", resolve);
    stream.removeAllListeners("readable");
    stream.resume();
    stream.end();
  });
}
