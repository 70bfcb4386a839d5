import { readFileSync } from "node:fs";
import { errorCode } from "../base/error-code.ts";
import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";

/**
 * The bytes of a file; undefined = there is none.
 *
 * Read at once, not by the event loop: thousands of small files are read, and each asynchronous read costs
 * more than the reading.
 *
 * @throws {FleetError} `FILE_INVALID` if it is there and cannot be read
 */
export function bytesIfPresent(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    const message = `expected a file that can be read, got: ${fileTrouble(cause)}`;
    const hint = "check that path and its permissions";
    throw new FleetError("FILE_INVALID", `${file}: ${message}`, {
      cause,
      hint,
      problems: [{ place: file, message, hint }],
    });
  }
}

/** The text of a file in UTF-8; undefined = there is none. Throws as `bytesIfPresent` does. */
export function textIfPresent(file: string): string | undefined {
  return bytesIfPresent(file)?.toString("utf8");
}

/** Whether a file operation failed since there is no such file or folder. */
export function isMissing(error: unknown): boolean {
  return errorCode(error) === "ENOENT";
}
