import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";

import { FleetError } from "../base/errors.ts";
import { makeDir } from "../base/make-dir.ts";
import type { SavedMessage } from "../metrics/device-event.ts";
import { closeAll } from "../output/close-all.ts";
import type { LineFile, LineFileOptions } from "../output/file-lines.ts";
import { openLineFile } from "../output/file-lines.ts";
import type { OnLoss } from "../output/lost-results.ts";
import { LostResults } from "../output/lost-results.ts";
import { openMessagesFile } from "../output/messages-ndjson.ts";
import { ndjsonOutput } from "../output/ndjson.ts";
import type { Output } from "../output/output.ts";
import type { ReportSource } from "../report/html/make-report-data.ts";
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
  /** Writes the files that follow from the events, those that can be. */
  writeResults(source: ReportSource): Promise<void>;
  /** Names of the files that are not whole; all of them once it is closed. */
  readonly lost: readonly string[];
  /** Resolves when all lines are on disk that it takes; safe to call twice. */
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

/** It is opened when the first line comes: by then the disk may be full. */
function openLog(path: string, onLoss: OnLoss, how: LineFileOptions): LineFile {
  try {
    return openLineFile(path, onLoss, how);
  } catch (error) {
    if (!(error instanceof FleetError)) throw error;
    onLoss(path, error.cause);
    return { write: () => {}, close: () => Promise.resolve() };
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
  /** The folder of a run that goes on, absolute; undefined = a run begins. */
  readonly resumeDir: string | undefined;
  readonly cwd: string;
  /** What the run is called. */
  readonly name: string;
  readonly startedAt: Date;
  readonly saveMessages: boolean;
  /** Told of each file that the disk takes no more of, when it happens. */
  readonly warn: (text: string) => void;
}): Promise<RunFiles> {
  const { cwd, outDir, resumeDir } = options;
  const how = { append: resumeDir !== undefined };
  let dir: string;
  if (resumeDir !== undefined) {
    dir = resumeDir;
  } else if (outDir === undefined) {
    const name = `${fileStamp(options.startedAt)}-${options.name.replaceAll(/[^\w.-]+/g, "-")}`;
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
  const lost = new LostResults(options.warn);
  const events = ndjsonOutput(join(dir, "run.ndjson"), lost.add, how);
  const messages = options.saveMessages
    ? openMessagesFile(join(dir, "messages.ndjson"), lost.add, how)
    : undefined;
  let log: LineFile | undefined;
  return {
    dir,
    events,
    saveMessages: (saved) => messages?.write(saved),
    log: () => (log ??= openLog(join(dir, "run.log"), lost.add, how)),
    writeResults: (source) => writeResults(dir, source, lost.add),
    get lost() {
      return lost.names;
    },
    close: async () => {
      await closeAll([events, messages, log]);
    },
  };
}
