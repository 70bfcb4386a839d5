import { createWriteStream } from "node:fs";

/** A file that grows by lines; nothing is lost as long as `close()` is awaited. */
export interface LineFile {
  write(line: string): void;
  /** Resolves when all is on disk; safe to call twice. Rejects with the first error of the disk. */
  close(): Promise<void>;
}

/** Opens a new file for appending lines. Writing does not block; the stream keeps what the disk has not taken yet. */
export function openLineFile(path: string): LineFile {
  const stream = createWriteStream(path, { flags: "wx", encoding: "utf8" });
  let failure: Error | undefined;
  stream.on("error", (error) => {
    failure ??= error;
  });
  let closing: Promise<void> | undefined;
  return {
    write: (line) => {
      if (closing === undefined && failure === undefined) stream.write(`${line}\n`);
    },
    close: () => {
      closing ??= new Promise((resolve, reject) => {
        if (failure !== undefined) {
          reject(failure);
          return;
        }
        stream.on("error", reject);
        stream.end(resolve);
      });
      return closing;
    },
  };
}
