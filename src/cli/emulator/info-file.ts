import { accessSync, constants, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { FleetError } from "../../base/errors.ts";
import { fileTrouble } from "../../base/file-trouble.ts";
import { MODE, writeFileAtomic } from "../../pki/atomic-file.ts";

/** The file of `emulator --write`, or of `--write-token`. */
export interface InfoFile {
  /** That names it. */
  readonly flag: "--write" | "--write-token";
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
export function checkInfoFile({ flag, shown, cwd }: InfoFile): void {
  const path = resolve(cwd, shown);
  attempt({ flag, shown }, () => {
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
export function writeInfoFile({ flag, shown, cwd }: InfoFile, line: string): Disposable {
  const path = resolve(cwd, shown);
  attempt({ flag, shown }, () => writeFileAtomic(path, line, MODE.secret));
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

/**
 * Writes those that are wanted, in their order; all or none.
 *
 * @returns what removes them
 * @throws {FleetError} `FILE_INVALID`
 */
export function writeInfoFiles(
  files: readonly (readonly [file: InfoFile | undefined, text: string])[],
): Disposable {
  const written: Disposable[] = [];
  const remove = (): void => {
    for (const each of written) each[Symbol.dispose]();
  };
  try {
    for (const [file, text] of files) {
      if (file !== undefined) written.push(writeInfoFile(file, text));
    }
  } catch (error) {
    remove();
    throw error;
  }
  return { [Symbol.dispose]: remove };
}

function attempt({ flag, shown }: Omit<InfoFile, "cwd">, act: () => void): void {
  try {
    act();
  } catch (cause) {
    const message = `expected a file that can be written, got: ${fileTrouble(cause)}`;
    throw new FleetError("FILE_INVALID", `the file of ${flag} cannot be written`, {
      cause,
      hint: `give another file with ${flag}; its folder must be there`,
      problems: [{ place: shown, message }],
    });
  }
}
