import { join } from "node:path";

import { fileTrouble } from "../../base/file-trouble.ts";
import { Journal } from "../journal/journal.ts";
import { markOf } from "../journal/process-mark.ts";
import { JOURNAL } from "../journal/read-journal.ts";
import type { RunContext, RunOptions } from "../run-options.ts";
import type { PastRun } from "./past-run.ts";

/** Begins the journal of a run, or goes on with that of one that is resumed; workers begin with its `boot`. */
export async function openJournal(given: {
  /** Of the run, absolute. */
  readonly dir: string;
  readonly past: PastRun | undefined;
  readonly options: Pick<RunOptions, "asked">;
  readonly context: Pick<RunContext, "cwd" | "version" | "pid" | "console">;
}): Promise<Journal> {
  const { dir, past, options, context } = given;
  const { cwd, version, pid, console } = context;
  const onLoss = (error: unknown): void =>
    console.warning(`${JOURNAL}: ${fileTrouble(error)}; this run cannot be resumed`);
  const journal = new Journal(join(dir, JOURNAL), onLoss, past?.journal);
  if (past === undefined) {
    journal.add({ type: "run", version, cwd, flags: { ...options.asked } });
  }
  const process = await markOf(pid);
  const boot = (past?.journal.boot ?? 0) + 1;
  journal.add({ type: "life", boot, ...(process === undefined ? {} : { process }) });
  return journal;
}
