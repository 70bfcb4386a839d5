import type { Socket } from "node:net";

const LINE_FEED = 0x0a;

/** More than any request or answer has: a twin's desired part has 32 KiB at most. */
export const LONGEST_LINE_BYTES = 256 * 1_024;

/** Told in place of a line that is longer than that; nothing comes after it. */
export const TOO_LONG = Symbol("a line that is too long");

/**
 * The lines that come over a socket, without their ends; memory has a bound whatever is sent. Ends where the other side
 * ends or breaks off, and what it did not finish is no line. Never throws. The socket is closed with the loop over it.
 */
export async function* socketLines(
  socket: Socket,
  longestBytes = LONGEST_LINE_BYTES,
): AsyncGenerator<string | typeof TOO_LONG, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  const chunks: AsyncIterator<Buffer> = socket[Symbol.asyncIterator]();
  try {
    for (let chunk = await next(chunks); chunk !== undefined; chunk = await next(chunks)) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let end = rest.indexOf(LINE_FEED); end !== -1; end = rest.indexOf(LINE_FEED)) {
        if (end > longestBytes) break;
        yield rest.subarray(0, end).toString("utf8");
        rest = rest.subarray(end + 1);
      }
      if (rest.length > longestBytes) {
        yield TOO_LONG;
        return undefined;
      }
    }
    return undefined;
  } finally {
    socket.destroy();
  }
}

/** undefined = nothing comes any more, however that came about. */
async function next(chunks: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  try {
    const { done, value } = await chunks.next();
    return done === true ? undefined : value;
  } catch {
    return undefined;
  }
}
