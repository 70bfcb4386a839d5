import { readdir } from "node:fs/promises";

import { errorCode } from "../base/error-code.ts";
import { FleetError } from "../base/errors.ts";
import { checkWritable } from "../base/make-dir.ts";
import { cannotWrite } from "../output/write-file.ts";

/** Files that tell a folder apart as that of a run. */
const RUN_FILES: readonly string[] = [
  "summary.json",
  "run.ndjson",
  "devices.csv",
  "junit.xml",
  "report.html",
  "messages.ndjson",
];

/** Why a folder cannot take results. */
export const noFolder = (dir: string, error: unknown): FleetError =>
  cannotWrite(dir, "a folder to write to", error);

/**
 * Refuses a folder that cannot be written to, or made; called before anything else is done. Writes nothing.
 *
 * @throws {FleetError} `USAGE`
 */
export function checkOutDirWritable(dir: string): void {
  try {
    checkWritable(dir);
  } catch (error) {
    throw noFolder(dir, error);
  }
}

/**
 * Refuses a folder that holds a run's files already; called before anything else is done.
 *
 * @throws {FleetError} `USAGE`
 */
export async function checkOutDir(dir: string): Promise<void> {
  let names: readonly string[];
  try {
    names = await readdir(dir);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    throw noFolder(dir, error);
  }
  const found = names.filter((name) => RUN_FILES.includes(name));
  if (found.length === 0) return;
  throw new FleetError("USAGE", "--out names a folder that holds the results of a run", {
    problems: [{ place: dir, message: `expected no run's files, found ${found.join(", ")}` }],
    hint: "give another folder, or remove that one",
  });
}
