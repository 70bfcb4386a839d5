import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";

import { cannotWrite } from "./write-file.ts";

/** A file that grows by lines; nothing is lost as long as `close()` is awaited. */
export interface LineFile {
  write(line: string): void;
  /**
   * Resolves when all is on disk; safe to call twice.
   *
   * @throws {FleetError} `USAGE` with the first error of the disk
   */
  close(): Promise<void>;
}

/** Opens a new file for appending lines. Writing does not block; the stream keeps what the disk has not taken yet. */
export function openLineFile(path: string): LineFile {
  const stream = createWriteStream(path, { flags: "wx", encoding: "utf8" });
  let failure: unknown;
  const ended = finished(stream).catch((error: unknown) => {
    failure = error;
  });
  const end = async (): Promise<void> => {
    // Its callback would take an error for an end; `finished` tells them apart.
    stream.end();
    await ended;
    if (failure !== undefined) throw cannotWrite(path, "a new file", failure);
  };
  let closing: Promise<void> | undefined;
  return {
    write: (line) => {
      if (closing === undefined && failure === undefined) stream.write(`${line}\n`);
    },
    close: () => (closing ??= end()),
  };
}
