import { FleetError } from "../base/errors.ts";
import { sleep } from "../base/retry.ts";

/** Why a run came to its end. */
export type EndReason = "duration" | "stopped" | "allFailed" | "workersLost" | "thresholdFailed";

/** Between two looks at the fleet, in ms. */
const LOOK_MS = 250;

/**
 * Waits until the run is over: its time is up, the user stops it, or nothing is left that could go on.
 *
 * @throws {FleetError} `UNREACHABLE` when the run's emulator ended under it; what `check` throws
 */
export async function endOfRun(options: {
  /** undefined = until stopped. */
  readonly durationMs: number | undefined;
  /** ms after time 0. */
  readonly clock: () => number;
  readonly stop: AbortSignal;
  readonly emulatorEnded: Promise<string | undefined> | undefined;
  readonly allFailed: () => boolean;
  readonly workersLost: () => boolean;
  /** Whether a threshold that ends the run has failed. */
  readonly aborted: () => boolean;
  /** Throws what broke a part of the run that works beside it: nothing else would tell before the end. */
  readonly check: () => void;
}): Promise<EndReason> {
  const { durationMs = Infinity, clock, stop } = options;
  let emulator: string | undefined;
  const watchEmulator = async (): Promise<void> => {
    emulator = await options.emulatorEnded;
  };
  // Never rejects, and may stay pending for good: the loop below looks at what it found.
  void watchEmulator();
  for (;;) {
    const leftMs = durationMs - clock();
    if (leftMs <= 0) return "duration";
    try {
      await sleep(Math.min(leftMs, LOOK_MS), stop);
    } catch {
      return "stopped";
    }
    if (emulator !== undefined) {
      throw new FleetError("UNREACHABLE", `the emulator of this run ended (${emulator})`, {
        hint: "its last words, if it had any, are in the log: on stderr, or in run.log where that is a terminal",
      });
    }
    options.check();
    if (options.allFailed()) return "allFailed";
    if (options.workersLost()) return "workersLost";
    if (options.aborted()) return "thresholdFailed";
  }
}
