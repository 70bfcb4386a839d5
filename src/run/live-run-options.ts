import type { Logger } from "../base/log.ts";
import type { RunEvent } from "../output/output.ts";
import type { Journal } from "./journal/journal.ts";
import type { PreparedRun } from "./prepare.ts";
import type { PastRun } from "./resume/past-run.ts";
import type { RunFiles } from "./run-files.ts";
import type { RunContext, RunOptions } from "./run-options.ts";
import type { Target } from "./target.ts";

/** What a run works with from its first process to its last. */
export interface LiveRunOptions {
  readonly prepared: PreparedRun;
  /** undefined = the run starts an emulator of its own. */
  readonly target: Target | undefined;
  readonly options: RunOptions;
  readonly context: RunContext;
  readonly files: RunFiles;
  readonly runId: string;
  readonly journal: Journal;
  /** What it goes on with; undefined = it begins. */
  readonly past: PastRun | undefined;
  /** Of this run; phases are told at info. */
  readonly log: Logger;
  readonly emit: (event: RunEvent) => void;
  /** Lines that workers and emulator print. */
  readonly onChildOutput: (text: string) => void;
}
