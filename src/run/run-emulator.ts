import { join } from "node:path";

import { FleetError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { EmulatorProcess } from "./emulator-process.ts";
import type { Journal } from "./journal/journal.ts";
import type { JournalState } from "./journal/journal-state.ts";
import { endsWithin, markOf } from "./journal/process-mark.ts";
import type { OwnEmulator } from "./own-emulator.ts";
import { startOwnEmulator } from "./own-emulator.ts";
import type { RunContext, RunOptions } from "./run-options.ts";

/** In the run's folder: what its emulator keeps. */
export const EMULATOR_DATA = "emulator";

/** An emulator whose run is gone saves what it has and leaves; it has so long for that, ms. */
const LEAVE_MS = 15_000;

/**
 * Starts the emulator of a run, which keeps its state in the run's folder; that of a run which goes on begins with that
 * state, where it listened before.
 *
 * @throws {FleetError} `UNREACHABLE` with what it printed, when it does not come up, or when the one before does not leave
 */
export async function startRunEmulator(given: {
  readonly own: OwnEmulator;
  readonly certsDir: string;
  /** Of the run. */
  readonly dir: string;
  /** What is known of the one before; undefined = it is the first. */
  readonly before: JournalState["emulator"];
  readonly journal: Journal;
  readonly options: RunOptions;
  readonly context: RunContext;
  readonly log: Logger;
  readonly onOutput: (text: string) => void;
}): Promise<EmulatorProcess> {
  const { own, certsDir, dir, before, journal, options, context, log, onOutput } = given;
  const size = own.throttledBy === undefined ? "" : ` (${own.throttledBy})`;
  context.console.phase(`starting the emulator${size}`);
  const startedMs = context.wallMs();
  if (before?.process !== undefined) {
    const hasLeft = await endsWithin(before.process, LEAVE_MS, context.stop);
    if (!hasLeft) throw stillThere(before.process.pid);
  }
  const { mqttPort = 0, httpsPort = 0 } = before ?? {};
  const place = { dataDir: join(dir, EMULATOR_DATA), mqttPort, httpsPort };
  const emulator = await startOwnEmulator(own, certsDir, place, options, context, onOutput);
  const { pid, info } = emulator;
  journal.add({
    type: "emulator",
    mqttPort: info.mqttPort,
    httpsPort: info.httpsPort,
    ...(pid === undefined ? {} : { process: await markOf(pid) }),
  });
  log.info({ pid, durationMs: context.wallMs() - startedMs }, "emulator ready");
  return emulator;
}

const stillThere = (pid: number): FleetError =>
  new FleetError(
    "UNREACHABLE",
    `the emulator that this run had before is still there, as process ${pid}`,
    {
      hint: `it has lost its run and should have left by itself; end it with: kill ${pid}`,
    },
  );
