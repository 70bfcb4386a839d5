import { readdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "../../base/error-code.ts";
import { FleetError } from "../../base/errors.ts";
import { fileTrouble } from "../../base/file-trouble.ts";
import { makeDir } from "../../base/make-dir.ts";

const MARKER = "dps-fleet-data.txt";
const STORE = "store";
/** Where a database is made: what is cut off there has nothing in it, and the next start goes on with it. */
const UNFINISHED = "store.new";

const MARKER_TEXT = `What an emulator of dps-fleet keeps (emulator --data). It holds keys: keep it to yourself.
Written by the emulator alone, while it runs. To begin anew, delete the whole folder.
`;

/** A folder with the state of an emulator. */
export interface DataFolder {
  readonly path: string;
  /** Of the database. */
  readonly store: string;
  /** Of the database until it is there as a whole. */
  readonly unfinished: string;
  /** Whether there is something in it. */
  readonly isNew: boolean;
}

/**
 * Looks at a folder, and writes nothing.
 *
 * @throws {FleetError} `FOREIGN_FILE` where it holds something else, `FILE_INVALID` where it cannot be read
 */
export function inspectFolder(path: string): DataFolder {
  const places = { path, store: join(path, STORE), unfinished: join(path, UNFINISHED) };
  const names = namesIn(path);
  if (names === undefined || names.length === 0) return { ...places, isNew: true };
  const foreign = names.filter((name) => ![MARKER, STORE, UNFINISHED].includes(name));
  if (foreign.length > 0 || !names.includes(MARKER))
    throw new FleetError(
      "FOREIGN_FILE",
      `${path} holds something else than an emulator's state: ${(foreign.length > 0 ? foreign : names).slice(0, 3).join(", ")}`,
      { hint: "name an empty folder, or one that is not there yet" },
    );
  return { ...places, isNew: !names.includes(STORE) };
}

/** Makes the folder, with a place to make its database, for its owner alone. @throws {FleetError} `FILE_INVALID` */
export function makeFolder({ path, unfinished }: DataFolder): void {
  try {
    makeDir(path, 0o700);
    writeFileSync(join(path, MARKER), MARKER_TEXT, { mode: 0o600 });
    makeDir(unfinished, 0o700);
  } catch (error) {
    throw folderTrouble(path, error);
  }
}

/**
 * Puts the finished database, which nobody has open, in its place.
 *
 * @throws {FleetError} `DATA_IN_USE` where another process was faster, `FILE_INVALID`
 */
export function finishFolder({ path, store, unfinished }: DataFolder): void {
  try {
    renameSync(unfinished, store);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST", "ENOENT"].includes(errorCode(error) ?? ""))
      throw folderTrouble(path, error);
    throw new FleetError("DATA_IN_USE", `${path} was begun by another emulator meanwhile`, {
      hint: "stop that one, or name another folder",
      cause: error,
    });
  }
}

/** The trouble with a folder, for whoever named it. */
export function folderTrouble(path: string, error: unknown): FleetError {
  return new FleetError("FILE_INVALID", `${path} cannot be used: ${fileTrouble(error)}`, {
    hint: "name a folder that can be written to",
    cause: error,
  });
}

/** undefined where there is no such folder. */
function namesIn(path: string): readonly string[] | undefined {
  try {
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
    return readdirSync(path);
  } catch (error) {
    throw folderTrouble(path, error);
  }
}
