import { createWriteStream, openSync } from "node:fs";
import { finished } from "node:stream/promises";

import type { OnLoss } from "./lost-results.ts";
import { cannotWrite } from "./write-file.ts";

/** A file that grows by lines; nothing that the disk takes is lost as long as `close()` is awaited. */
export interface LineFile {
  /** Never throws; where the disk takes nothing more, the line is lost. */
  write(line: string): void;
  /** Resolves when all that the disk takes is on it; safe to call twice. */
  close(): Promise<void>;
}

/**
 * Makes a new file for appending lines. Writing does not block; the stream keeps what the disk has not taken yet.
 *
 * @param onLoss told once when the disk takes nothing more; what comes from then on is lost, and some of what came before
 * @throws {FleetError} `USAGE` where there is such a file already, or none can be made
 */
export function openLineFile(path: string, onLoss: OnLoss): LineFile {
  let fd: number;
  try {
    // At once: of two runs that want the same name one gets it.
    fd = openSync(path, "wx");
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
