import { createReadStream } from "node:fs";

import { FleetError } from "./errors.ts";

/** More than any line of ours has, and less than the longest text that V8 can hold. */
const LONGEST_BYTES = 128 * 1_024 * 1_024;

const LINE_FEED = 0x0a;

/**
 * The lines of a UTF-8 file, without their ends, whatever else is in it: memory is that of the longest line.
 *
 * @throws {FleetError} `FILE_INVALID` where a line is longer than `longestBytes`
 * @throws where the file cannot be read, as `node:fs` tells
 */
export async function* readLines(
  file: string,
  longestBytes = LONGEST_BYTES,
): AsyncGenerator<string, undefined> {
  let parts: Buffer[] = [];
  let bytes = 0;
  let number = 1;
  const take = (part: Buffer): void => {
    bytes += part.length;
    if (bytes > longestBytes) {
      const message = `expected lines of at most ${longestBytes} bytes, got a longer one`;
      throw new FleetError("FILE_INVALID", "this file does not consist of lines", {
        problems: [{ place: `${file}:${number}`, message }],
      });
    }
    parts.push(part);
  };
  const line = (): string => {
    const text = Buffer.concat(parts).toString("utf8");
    parts = [];
    bytes = 0;
    number += 1;
    return text;
  };
  // Without an encoding a stream gives buffers.
  const chunks: AsyncIterable<Buffer> = createReadStream(file);
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, from)) {
      take(chunk.subarray(from, end));
      yield line();
      from = end + 1;
    }
    take(chunk.subarray(from));
  }
  if (bytes > 0) yield line();
  return undefined;
}
