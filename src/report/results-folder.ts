import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

import { z } from "zod";

import { errorCode } from "../base/error-code.ts";
import { FleetError } from "../base/errors.ts";
import { checkWritable } from "../base/make-dir.ts";
import type { Summary } from "../output/summary.ts";
import { cannotWrite } from "../output/write-file.ts";

/** Files that tell a folder apart as that of a run. */
const RUN_FILES: readonly string[] = [
  "summary.json",
  "run.ndjson",
  "devices.csv",
  "junit.xml",
  "report.html",
  "messages.ndjson",
  "journal.ndjson",
  "emulator",
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

const told = z.object({ verdict: z.string(), run: z.object({ durationS: z.number() }) });

/**
 * Refuses a folder whose own `summary.json` says more than one that is made of a record which ends early: where the disk
 * took no more events, the run went on and was judged.
 *
 * @throws {FleetError} `USAGE`
 */
export async function checkNothingLost(dir: string, { run }: Pick<Summary, "run">): Promise<void> {
  const known = await summaryIn(join(dir, "summary.json"));
  if (known === undefined) return;
  if (known.verdict === "interrupted" && known.run.durationS <= run.durationS) return;
  const message = `expected none that says more than the record, got ${known.verdict} after ${known.run.durationS.toFixed(1)} s; the record ends at ${run.durationS.toFixed(1)} s`;
  throw new FleetError("USAGE", "the results that are there would be replaced by poorer ones", {
    problems: [{ place: join(dir, "summary.json"), message }],
    hint: "the run itself wrote them, and they hold; give another folder with --out for those of the record",
  });
}

/** undefined where there is none, or something else. */
async function summaryIn(file: string): Promise<z.output<typeof told> | undefined> {
  try {
    return told.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return undefined;
  }
}
