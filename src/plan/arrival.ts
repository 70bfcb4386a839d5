import { DPS_LIMITS } from "../base/azure-limits.ts";
import type { Problem } from "../base/errors.ts";
import { formatDuration, formatRate } from "../base/units.ts";
import type { Arrival } from "../scenario/arrival-section.ts";
import { earliestTimes } from "./adaptive-arrival.ts";
import { autoPerMinute, autoTimes } from "./auto-arrival.ts";
import { burstTimes } from "./burst-arrival.ts";
import { stagedTimes } from "./staged-arrival.ts";

/** What the times of devices depend on beside the scenario. */
export interface ArrivalSources {
  readonly seed: number;
  /** Registrations that the run's own emulator takes in 60 s; undefined = it has no limit, or the run starts none. */
  readonly ownLimitPerMinute?: number | undefined;
  /** Of the file that the scenario names, in any order. */
  readonly times?: readonly number[] | undefined;
}

/** When devices start. */
export interface Starts {
  /**
   * In ms after time 0, not falling; fewer than there are devices only where there is a problem. Of an adaptive arrival
   * the earliest that can be.
   */
  readonly startsMs: readonly number[];
  readonly problems: readonly Problem[];
}

/**
 * When each device of a fleet is due to start. Concurrency is no part of it: who waits for a slot is late.
 *
 * @param ids registration ids, in the order in which they start
 */
export function startTimes(
  ids: readonly string[],
  arrival: Arrival,
  sources: ArrivalSources,
): Starts {
  const count = ids.length;
  switch (arrival.way) {
    case "rate":
      return sound(ids.map((_id, index) => (index * 1_000) / arrival.ratePerS));
    case "auto":
      return sound(autoTimes(ids, dpsLimit(arrival, sources), sources.seed));
    case "adaptive":
      return sound(earliestTimes(count, arrival));
    case "stages":
      return inStages(count, arrival);
    case "bursts":
      return inBursts(count, arrival);
    case "times":
      return atTimes(count, arrival.atMs);
    case "file":
      if (sources.times === undefined) throw new TypeError("the file of arrivals was not read");
      return atTimes(count, sources.times);
    default:
      return arrival satisfies never;
  }
}

/** Registrations in 60 s below which `auto` stays: what is known of an emulator beats what is said of DPS. */
const dpsLimit = (
  { dpsLimitPerMinute }: Pick<Arrival, "dpsLimitPerMinute">,
  { ownLimitPerMinute }: ArrivalSources,
): number => ownLimitPerMinute ?? dpsLimitPerMinute ?? DPS_LIMITS.registrationsPerMinute;

/** A run that ends before its last device is due cannot do what it says. */
export function lateArrival(
  arrival: Arrival,
  fleet: {
    readonly devices: number;
    readonly endMs: number;
    /** undefined = until stopped. */
    readonly durationMs: number | undefined;
  },
  sources: ArrivalSources,
): Problem[] {
  const { devices, endMs, durationMs } = fleet;
  if (durationMs === undefined || endMs < durationMs) return [];
  const over = formatDuration(Math.ceil(endMs / 1_000) * 1_000);
  return [
    {
      place: "duration",
      message: `${devices} devices${paceOf(arrival, sources)} arrive over ${over}, but the run ends after ${formatDuration(durationMs)}`,
      hint:
        arrival.way === "rate"
          ? "raise the rate or the duration, or take fewer devices"
          : "raise the duration, take fewer devices, or let them arrive sooner",
    },
  ];
}

/** How fast devices arrive, for whoever is told that this is too slow. */
function paceOf(arrival: Arrival, sources: ArrivalSources): string {
  switch (arrival.way) {
    case "rate":
      return ` at ${formatRate(arrival.ratePerS)}`;
    case "auto":
      return ` at ${formatRate(autoPerMinute(dpsLimit(arrival, sources)) / 60)} (rate: auto)`;
    case "adaptive":
      return ` from ${formatRate(arrival.fromPerS)} to at most ${formatRate(arrival.maxPerS)} (rate: adaptive)`;
    case "stages":
    case "bursts":
    case "times":
    case "file":
      return "";
    default:
      return arrival satisfies never;
  }
}

const sound = (startsMs: readonly number[]): Starts => ({ startsMs, problems: [] });

const judged = (startsMs: readonly number[], problem: Problem | false): Starts => ({
  startsMs,
  problems: problem === false ? [] : [problem],
});

function inStages(
  count: number,
  { fromPerS, stages }: Extract<Arrival, { readonly way: "stages" }>,
): Starts {
  const startsMs = stagedTimes(count, fromPerS, stages);
  const lengthMs = stages.reduce((sum, { forMs }) => sum + forMs, 0);
  return judged(
    startsMs,
    startsMs.length < count && {
      place: "arrival.stages",
      message: `the stages start ${startsMs.length} of ${count} devices in ${formatDuration(lengthMs)}`,
      hint: "raise their rates, make them longer, or take fewer devices",
    },
  );
}

function inBursts(count: number, { bursts }: Extract<Arrival, { readonly way: "bursts" }>): Starts {
  const { startsMs, total } = burstTimes(count, bursts);
  return judged(
    startsMs,
    total !== count && {
      place: "arrival.bursts",
      message: `expected bursts of ${count} devices in all, got ${total}`,
      hint: "shares that sum to 100% fit a fleet of any size",
    },
  );
}

/** Of more times than devices the first are taken. */
function atTimes(count: number, times: readonly number[]): Starts {
  return judged(
    times.toSorted((a, b) => a - b).slice(0, count),
    times.length < count && {
      place: "arrival.times",
      message: `expected a time for each of ${count} devices, got ${times.length}`,
      hint: "add times, or take fewer devices",
    },
  );
}
