import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";

import { makeDir } from "../base/make-dir.ts";
import type { SavedMessage } from "../metrics/device-event.ts";
import { closeAll } from "../output/close-all.ts";
import type { LineFile } from "../output/file-lines.ts";
import { openLineFile } from "../output/file-lines.ts";
import { openMessagesFile } from "../output/messages-ndjson.ts";
import { ndjsonOutput } from "../output/ndjson.ts";
import type { Output } from "../output/output.ts";
import type { Results } from "../output/results.ts";
import { checkOutDir, noFolder } from "../report/results-folder.ts";
import { writeResults } from "../report/write-results.ts";

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
  /** Writes the files that follow from the events. @throws {FleetError} `USAGE` where the folder is gone or the disk full */
  writeResults(results: Results): Promise<void>;
  /** Resolves when all lines are on disk; safe to call twice. @throws {FleetError} `USAGE` where the disk did not take them */
  close(): Promise<void>;
}

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
      try {
        await writeResults(dir, results);
      } catch (error) {
        throw noFolder(dir, error);
      }
    },
    close: async () => {
      await closeAll([events, messages, log]);
    },
  };
}
