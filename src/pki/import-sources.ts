import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";
import type { Bundle, BundleSecrets } from "./bundle-file.ts";
import { readBundle } from "./bundle-file.ts";
import { bytesIfPresent } from "./file-text.ts";

/** A file that certificates or keys come from. */
export interface ImportSource {
  /** As messages call it. */
  readonly file: string;
  readonly bundle: Bundle;
  readonly bytes: Buffer;
}

/** What was read, what could not be, and what was left out. */
export interface ReadSources {
  readonly sources: readonly ImportSource[];
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

/** Ends of names that certificates and keys have; requests, configuration and lists of OpenSSL have others. */
const NAMES = /\.(pem|crt|cer|der|key|pfx|p12)$/i;
const REQUEST = /\.(csr|req)\.pem$/i;
/** No certificate, key or PFX of a device is larger. */
const BYTES_MAX = 1_000_000;
const FILES_PER_TURN = 50;

/**
 * Files under a folder that may hold certificates or keys, by path; hidden ones are left out.
 *
 * @throws {FleetError} `FILE_INVALID` where it is no folder that can be read
 */
export function importableFiles(dir: string): string[] {
  try {
    return readdirSync(dir, { recursive: true, encoding: "utf8" })
      .filter((name) => NAMES.test(name) && !REQUEST.test(name) && !/(^|[/\\])\./.test(name))
      .map((name) => join(dir, name))
      .filter((file) => statSync(file).isFile())
      .toSorted();
  } catch (cause) {
    const message = `expected a folder with certificates, got: ${fileTrouble(cause)}`;
    const hint = "check --dir, relative to this folder";
    throw new FleetError("FILE_INVALID", `${dir}: ${message}`, {
      cause,
      hint,
      problems: [{ place: dir, message, hint }],
    });
  }
}

/**
 * Reads files; each that cannot be read is a problem.
 *
 * @param isFolder they were found, not named: a PFX for which no password is given is left out
 */
export async function readSources(
  files: readonly string[],
  secrets: BundleSecrets,
  { isFolder, signal }: { readonly isFolder: boolean; readonly signal?: AbortSignal | undefined },
): Promise<ReadSources> {
  const sources: ImportSource[] = [];
  const problems: Problem[] = [];
  const notes: string[] = [];
  for (const [at, file] of files.entries()) {
    signal?.throwIfAborted();
    try {
      const bytes = bytesIfPresent(file);
      if (bytes === undefined) problems.push(unfit(file, "got no file"));
      else if (bytes.length > BYTES_MAX) problems.push(unfit(file, "got a file of over 1 MB"));
      else sources.push({ file, bytes, bundle: await readBundle(file, bytes, secrets) });
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      const isLockedPfx = isFolder && secrets.password === undefined && /\.(pfx|p12)$/i.test(file);
      if (isLockedPfx) notes.push(`${file} is left out: no password opens it`);
      else problems.push(...error.problems);
    }
    if (at % FILES_PER_TURN === FILES_PER_TURN - 1) await nextTurn();
  }
  return { sources, problems, notes };
}

const unfit = (place: string, found: string): Problem => ({
  place,
  message: `expected a file with certificates or a private key, ${found}`,
  hint: "check the path, relative to this folder",
});
