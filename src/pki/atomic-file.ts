import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { errorCode } from "../base/error-code.ts";
import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";
import { makeDir } from "../base/make-dir.ts";

/** Modes of what is written: keys and PFX files are for their owner alone. */
export const MODE = { dir: 0o700, secret: 0o600, public: 0o644 } as const;

/**
 * Makes a folder, those above it included, and closes it to others; an existing one of ours is closed too.
 *
 * @throws {FleetError} `FILE_INVALID` if it cannot be made
 */
export function ensurePrivateDir(path: string): void {
  try {
    makeDir(path, MODE.dir);
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, MODE.dir);
  } catch (cause) {
    const message = `expected a folder that can be made and written to, got: ${fileTrouble(cause)}`;
    const hint = "give another folder with --certs";
    throw new FleetError("FILE_INVALID", `${path}: ${message}`, {
      cause,
      hint,
      problems: [{ place: path, message, hint }],
    });
  }
}

/**
 * Writes a file whole or not at all: whoever reads `path` sees the old content or the new one.
 * The content is under a name of its own until it is complete, with its mode from the first octet on.
 */
export function writeFileAtomic(path: string, content: string | Uint8Array, mode: number): void {
  const temporary = temporaryFor(path);
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const file = openSync(temporary, "wx", mode);
  try {
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Copies a file, mode included, to a name that is free, whole or not at all; one that is there already stays as it is.
 *
 * @returns where the copy is; undefined = there is no such file
 */
export function copyBeside(path: string, kept: string): string | undefined {
  if (existsSync(kept)) return kept;
  const temporary = temporaryFor(kept);
  try {
    copyFileSync(path, temporary, constants.COPYFILE_EXCL);
    renameSync(temporary, kept);
    return kept;
  } catch (error) {
    rmSync(temporary, { force: true });
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

const temporaryFor = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
