import { setTimeout as sleep } from "node:timers/promises";
import { Churn } from "./churn.ts";
import type { InjectFault } from "./emulator-faults.ts";
import type { RunRecord } from "./run-record.ts";
import type { SoakOptions } from "./soak-options.ts";
import { LOOKS_MIN } from "./soak-options.ts";
import type { Watch } from "./watch.ts";

/** Connections are ended so often. */
const STEP_MS = 1_000;
/** Looks at each end at which everything is counted. */
const COUNTED = 3;

/** What a soak goes on in. */
export interface SoakedFleet {
  readonly record: RunRecord;
  readonly watch: Watch;
  readonly inject: InjectFault;
  /** Aborted when the run has ended. */
  readonly over: AbortSignal;
}

/**
 * From the arrival to the last look: in rounds devices leave and return, then all processes are looked into. It takes
 * the time that it is given, and on a busy machine longer, until there were rounds enough.
 */
export async function soakInRounds(options: SoakOptions, fleet: SoakedFleet): Promise<void> {
  const { durationMs, warmUpMs } = options;
  const { record, watch, inject, over } = fleet;
  const churn = new Churn(options);
  const isDone = (): boolean =>
    over.aborted || (record.t >= durationMs && watch.looks + watch.missedMs.length >= LOOKS_MIN);
  await watch.look({ isWarmUp: true });
  // What a device has once something has happened to it is no growth: it has to all, before anything counts.
  for (const fault of churn.everybody()) {
    await inject(fault);
    await sleep(fault.durationMs);
    await watch.look({ isWarmUp: true });
  }
  // The code for each fault, too, is read when it is needed for the first time.
  const rounds = Math.max(1, options.faults.length);
  for (let round = 0; (round < rounds || record.t < warmUpMs) && !over.aborted; round++) {
    await oneRound(options, fleet, churn);
    await watch.look({ isWarmUp: true });
  }
  // The first counts bring memory of their own, and many collections at once let go of what is old.
  for (let look = 1; look < COUNTED; look++) await watch.look({ isWarmUp: true, counts: true });
  await lookAndCount(watch, "first");
  while (!isDone()) {
    await oneRound(options, fleet, churn);
    await watch.look({});
  }
  await lookAndCount(watch, "last");
}

async function lookAndCount(watch: Watch, snapshot: string): Promise<void> {
  for (let look = 1; look < COUNTED; look++) await watch.look({ counts: true });
  await watch.look({ counts: true, snapshot });
}

/** Devices leave, by and by, beside one other fault; the last of them are still away at its end. */
async function oneRound(
  { intervalMs }: SoakOptions,
  { record, inject, over }: SoakedFleet,
  churn: Churn,
): Promise<void> {
  const beganMs = record.t;
  const other = churn.nextFault(intervalMs / 2);
  if (other !== undefined) await inject(other);
  let told = beganMs;
  while (record.t - beganMs < intervalMs && !over.aborted) {
    await sleep(STEP_MS);
    const nowMs = record.t;
    const departure = churn.after(nowMs - told);
    told = nowMs;
    if (departure !== undefined) await inject(departure);
  }
}
