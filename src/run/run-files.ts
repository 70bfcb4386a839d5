import { mkdir, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";

import { errorCode } from "../base/error-code.ts";
import { FleetError } from "../base/errors.ts";
import { checkWritable, makeDir } from "../base/make-dir.ts";
import type { SavedMessage } from "../metrics/device-event.ts";
import { devicesCsv } from "../output/devices-csv.ts";
import { closeAll } from "../output/close-all.ts";
import type { LineFile } from "../output/file-lines.ts";
import { openLineFile } from "../output/file-lines.ts";
import { openMessagesFile } from "../output/messages-ndjson.ts";
import { ndjsonOutput } from "../output/ndjson.ts";
import { junitXml } from "../output/junit.ts";
import type { Output } from "../output/output.ts";
import type { Results } from "../output/results.ts";
import { cannotWrite, writeFileAtomic } from "../output/write-file.ts";

/** Files that tell a folder apart as that of a run. */
const RUN_FILES = ["summary.json", "run.ndjson", "devices.csv", "junit.xml", "messages.ndjson"];

/** `2026-11-22T02-37-54Z`: sortable, and a file name everywhere. */
export const fileStamp = (at: Date): string =>
  at.toISOString().replace(/\.\d+/, "").replaceAll(":", "-");

/** The folder of one run and the files in it. */
export interface RunFiles {
  /** Absolute. */
  readonly dir: string;
  /** `run.ndjson`. */
  readonly events: Output;
  saveMessages(messages: readonly SavedMessage[]): void;
  /** A file for log lines, made when it is first asked for. */
  log(): LineFile;
  /** Writes `devices.csv`, `junit.xml` and `summary.json`. @throws {FleetError} `USAGE` where the folder is gone or the disk full */
  writeResults(results: Results): Promise<void>;
  /** Resolves when all lines are on disk; safe to call twice. @throws {FleetError} `USAGE` where the disk did not take them */
  close(): Promise<void>;
}

const noFolder = (dir: string, error: unknown): FleetError =>
  cannotWrite(dir, "a folder to write to", error);

/** A folder of its own under `runs/`; a second run within one second gets a number. */
async function makeDefaultDir(base: string, name: string): Promise<string> {
  try {
    makeDir(base);
  } catch (error) {
    throw noFolder(base, error);
  }
  for (let attempt = 1; ; attempt += 1) {
    const dir = join(base, attempt === 1 ? name : `${name}-${attempt}`);
    try {
      await mkdir(dir);
      return dir;
    } catch (error) {
      const taken = error instanceof Error && "code" in error && error.code === "EEXIST";
      if (!taken || attempt > 1_000) throw noFolder(dir, error);
    }
  }
}

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

/**
 * Makes the run's folder and opens its files.
 *
 * @throws {FleetError} `USAGE` when the folder cannot be made or holds a run
 */
export async function openRunFiles(options: {
  /** undefined = a new folder under `runs/` of `cwd`. */
  readonly outDir: string | undefined;
  readonly cwd: string;
  readonly scenario: string;
  readonly startedAt: Date;
  readonly saveMessages: boolean;
}): Promise<RunFiles> {
  const { cwd, outDir } = options;
  let dir: string;
  if (outDir === undefined) {
    const name = `${fileStamp(options.startedAt)}-${options.scenario.replaceAll(/[^\w.-]+/g, "-")}`;
    dir = await makeDefaultDir(resolve(cwd, "runs"), name);
  } else {
    dir = resolve(cwd, outDir);
    await checkOutDir(dir);
    try {
      makeDir(dir);
    } catch (error) {
      throw noFolder(dir, error);
    }
  }
  const events = ndjsonOutput(join(dir, "run.ndjson"));
  const messages = options.saveMessages
    ? openMessagesFile(join(dir, "messages.ndjson"))
    : undefined;
  let log: LineFile | undefined;
  return {
    dir,
    events,
    saveMessages: (saved) => messages?.write(saved),
    log: () => (log ??= openLineFile(join(dir, "run.log"))),
    writeResults: async (results) => {
      const text = `${JSON.stringify(results.summary, undefined, 2)}\n`;
      try {
        await writeFileAtomic(join(dir, "devices.csv"), devicesCsv(results.rows));
        await writeFileAtomic(join(dir, "junit.xml"), junitXml(results));
        await writeFileAtomic(join(dir, "summary.json"), text);
      } catch (error) {
        throw noFolder(dir, error);
      }
    },
    close: async () => {
      await closeAll([events, messages, log]);
    },
  };
}
