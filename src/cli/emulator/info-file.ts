import { accessSync, constants, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { FleetError } from "../../base/errors.ts";
import { fileTrouble } from "../../base/file-trouble.ts";
import { MODE, writeFileAtomic } from "../../pki/atomic-file.ts";

/** The file of `emulator --write`. */
export interface InfoFile {
  /** As the user wrote it. */
  readonly shown: string;
  /** What a relative path is relative to. */
  readonly cwd: string;
}

/**
 * Checks that it can be written, and changes nothing.
 *
 * @throws {FleetError} `FILE_INVALID`
 */
export function checkInfoFile({ shown, cwd }: InfoFile): void {
  const path = resolve(cwd, shown);
  attempt(shown, () => {
    accessSync(dirname(path), constants.W_OK);
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === false)
      throw new Error("something else of that name");
  });
}

/**
 * Writes it, whole or not at all, for its owner alone.
 *
 * @returns what removes it, unless another emulator has written it since; never throws
 * @throws {FleetError} `FILE_INVALID`
 */
export function writeInfoFile({ shown, cwd }: InfoFile, line: string): Disposable {
  const path = resolve(cwd, shown);
  attempt(shown, () => writeFileAtomic(path, line, MODE.secret));
  return {
    [Symbol.dispose]: () => {
      try {
        if (readFileSync(path, "utf8") === line) rmSync(path);
      } catch {
        // It is gone, or nobody's to remove.
      }
    },
  };
}

function attempt(shown: string, act: () => void): void {
  try {
    act();
  } catch (cause) {
    const message = `expected a file that can be written, got: ${fileTrouble(cause)}`;
    throw new FleetError("FILE_INVALID", "the file of --write cannot be written", {
      cause,
      hint: "give another file with --write; its folder must be there",
      problems: [{ place: shown, message }],
    });
  }
}
