import {
  closeSync,
  createWriteStream,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
} from "node:fs";
import { finished } from "node:stream/promises";

import type { OnLoss } from "./lost-results.ts";
import { cannotWrite } from "./write-file.ts";

const LINE_FEED = 0x0a;
const CHUNK_BYTES = 65_536;

/** A file that grows by lines; nothing that the disk takes is lost as long as `close()` is awaited. */
export interface LineFile {
  /** Never throws; where the disk takes nothing more, the line is lost. */
  write(line: string): void;
  /** Resolves when all that the disk takes is on it; safe to call twice. */
  close(): Promise<void>;
}

/** How a file of lines is opened. */
export interface LineFileOptions {
  /** Goes on behind the last whole line of a file that is there; without it there must be none. */
  readonly append?: boolean;
}

/**
 * Cuts off what a killed process left of a line behind the last whole one.
 *
 * @throws where the file cannot be read or written, as `node:fs` tells
 */
export function cutToLines(path: string): void {
  const fd = openSync(path, "r+");
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let end = fstatSync(fd).size;
    while (end > 0) {
      const from = Math.max(0, end - CHUNK_BYTES);
      const read = readSync(fd, chunk, 0, end - from, from);
      const at = chunk.subarray(0, read).lastIndexOf(LINE_FEED);
      end = at === -1 ? from : from + at + 1;
      if (at !== -1) break;
    }
    ftruncateSync(fd, end);
  } finally {
    closeSync(fd);
  }
}

/**
 * Makes a new file for appending lines. Writing does not block; the stream keeps what the disk has not taken yet.
 *
 * @param onLoss told once when the disk takes nothing more; what comes from then on is lost, and some of what came before
 * @throws {FleetError} `USAGE` where there is such a file already, or none can be made
 */
export function openLineFile(
  path: string,
  onLoss: OnLoss,
  { append = false }: LineFileOptions = {},
): LineFile {
  let fd: number;
  try {
    const goesOn = append && existsSync(path);
    if (goesOn) cutToLines(path);
    // At once: of two runs that want the same name one gets it.
    fd = openSync(path, goesOn ? "a" : "wx");
  } catch (error) {
    throw cannotWrite(path, "a new file", error);
  }
  const stream = createWriteStream(path, { fd, encoding: "utf8" });
  let isLost = false;
  const ended = finished(stream).catch((error: unknown) => {
    isLost = true;
    onLoss(path, error);
  });
  const end = async (): Promise<void> => {
    // Its callback would take an error for an end; `finished` tells them apart.
    stream.end();
    await ended;
  };
  let closing: Promise<void> | undefined;
  return {
    write: (line) => {
      if (closing === undefined && !isLost) stream.write(`${line}\n`);
    },
    close: () => (closing ??= end()),
  };
}
