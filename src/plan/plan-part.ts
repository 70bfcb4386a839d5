import type { Problem } from "../base/errors.ts";
import { formatRate } from "../base/units.ts";
import type { AdaptiveArrival, Plan } from "./plan.ts";
import type { PlannedSelection } from "./select-devices.ts";
import { deal, dealRate, mostWorkers, shardDevices } from "./shard.ts";

/** One of the parts in which several runs share a plan. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  /** How many parts there are, >= 1. */
  readonly of: number;
}

/** `2/4`, as users write it. */
export const shardText = ({ index, of }: Shard): string => `${index}/${of}`;

/** Why a plan cannot be shared by so many runs. */
export function shardProblems(
  { devices, concurrency, attemptsPerS }: Pick<Plan, "devices" | "concurrency" | "attemptsPerS">,
  { of }: Shard,
): Problem[] {
  const place = "--shard";
  if (of > devices.length) {
    const message = `expected at most as many parts as the plan has devices (${devices.length}), got ${of}`;
    return [{ place, message, hint: "take fewer parts, or more devices" }];
  }
  if (attemptsPerS !== undefined && of > mostWorkers({ attemptsPerS })) {
    const message = `expected at most as many parts as attempts to connect in a second (the limit is ${formatRate(attemptsPerS)}), got ${of}`;
    return [{ place, message, hint: "take fewer parts, or a higher limit" }];
  }
  if (concurrency === undefined || of <= concurrency) return [];
  const message = `expected at most as many parts as devices may connect at once (arrival.concurrency is ${concurrency}), got ${of}`;
  return [{ place, message, hint: "take fewer parts, or a higher concurrency" }];
}

/** Each part finds its share of what the services take, beside the others. */
const adaptivePart = (arrival: AdaptiveArrival, of: number): AdaptiveArrival => ({
  ...arrival,
  fromPerS: arrival.fromPerS / of,
  maxPerS: arrival.maxPerS / of,
});

/**
 * What one of several runs does of a plan: every so-many-th device with its index, start time and values as they are in
 * the whole, its share of the concurrency, of the limit on attempts and of the rates of an adaptive arrival, and of each
 * timeline action the devices that are its own, if there are any. All parts together are the plan.
 */
export function planPart(plan: Plan, { index, of }: Shard): Plan {
  const devices = shardDevices(plan.devices, of)[index - 1] ?? [];
  const ids = new Set(devices.map(({ registrationId }) => registrationId));
  const { adaptive, arrivalEndMs, concurrency, attemptsPerS } = plan;
  return {
    ...plan,
    devices,
    ...(adaptive === undefined ? {} : { adaptive: adaptivePart(adaptive, of) }),
    arrivalEndMs: arrivalEndMs === null ? null : (devices.at(-1)?.startMs ?? 0),
    concurrency: concurrency === undefined ? undefined : deal(concurrency, of)[index - 1],
    ...(attemptsPerS === undefined ? {} : { attemptsPerS: dealRate(attemptsPerS, of)[index - 1] }),
    timeline: plan.timeline.map(({ selection, ...action }) => ({
      ...action,
      selection: ownPart(selection, ids),
    })),
  };
}

function ownPart({ ids, asked }: PlannedSelection, own: ReadonlySet<string>): PlannedSelection {
  const isOwn = (id: string): boolean => own.has(id);
  return {
    ids: ids.filter(isOwn),
    asked: asked
      .map(({ among, ...rest }) => ({ among: among.filter(isOwn), ...rest }))
      .filter(({ among }) => among.length > 0),
  };
}
