import { isToBeAdmitted } from "../../metrics/device-outcome.ts";
import { dueTimes } from "../../plan/adaptive-arrival.ts";
import type { Plan } from "../../plan/plan.ts";
import type { AttemptsLetGo } from "./paced-attempts.ts";
import { pacedAttempts } from "./paced-attempts.ts";
import { admittedMs, mostInWindow } from "./registrations.ts";

/** What a DPS instance lets through, and what it is asked for beside registrations. */
export interface DpsSetting {
  /** Registrations in any 60 s, integer >= 1. */
  readonly limitPerMinute: number;
  /** false = the DPS of this run lets through all there is; the limit is told all the same. */
  readonly applies: boolean;
  /** Between acceptance and the poll that finds a device assigned, seconds. */
  readonly retryAfterS: number;
  /** Calls of the run to the service side: enrollments that it looks at and makes. */
  readonly serviceOperations: number;
}

/** What registration takes. */
export interface DpsForecast {
  /** Devices that come through DPS, once each. Operations are these and the service's; polls are none. */
  readonly registrations: number;
  /** One for each device that is to be let in: where it is assigned when it first asks. */
  readonly polls: number;
  readonly serviceOperations: number;
  readonly limitPerMinute: number;
  readonly limitApplies: boolean;
  /** The most registrations that are due in any 60 s. */
  readonly mostInMinute: number;
  /** Devices that the limit tells to wait (429), at least. */
  readonly waiting: number;
  /** When the first of them is told so, seconds after time 0. */
  readonly firstWaitS: number | null;
  /** When the last device is assigned under the limit, at the earliest, seconds after time 0. */
  readonly endUnderLimitS: number;
  /** The same in this run. */
  readonly endS: number;
}

/** A forecast with what follows from it for each device. */
export interface Registrations {
  readonly forecast: DpsForecast;
  /** When each device is at its hub at the earliest, ms after time 0, in the order of devices; null = it is to be refused. */
  readonly connectedMs: readonly (number | null)[];
  /** When each is registered with DPS, ms after time 0, not falling. */
  readonly registeredMs: readonly number[];
}

/**
 * When devices are registered; those that bring their hub along ask no DPS. Those that it is to refuse count for its limit
 * like all others. Handshakes take no time here. An adaptive arrival is taken as fast as it can be.
 */
export function dpsForecast(
  plan: Pick<Plan, "devices" | "adaptive" | "attemptsPerS">,
  setting: DpsSetting,
): Registrations {
  const { limitPerMinute, applies, retryAfterS, serviceOperations } = setting;
  const startsMs = dueTimes(plan);
  const order = plan.devices
    .map((device, index) => ({
      startMs: startsMs[index] ?? 0,
      hub: device.hub,
      index,
      isAdmitted: isToBeAdmitted(device),
    }))
    .filter(({ hub }) => hub === undefined)
    .toSorted((a, b) => a.startMs - b.startMs);
  const paced = pacedStarts(plan, order, startsMs, setting);
  const dueMs = paced?.dpsMs ?? order.map(({ startMs }) => startMs);
  const limitedMs = admittedMs(dueMs, limitPerMinute);
  const registeredMs = applies ? limitedMs : dueMs;
  const firstWaits = dueMs.findIndex((ms, at) => (limitedMs[at] ?? ms) > ms);
  const connectedMs = plan.devices.map((device, index) =>
    isToBeAdmitted(device) ? (paced?.directMs.get(index) ?? startsMs[index] ?? 0) : null,
  );
  for (const [at, { index, isAdmitted }] of order.entries()) {
    if (!isAdmitted) continue;
    connectedMs[index] = paced?.assignedMs[at] ?? (registeredMs[at] ?? 0) + retryAfterS * 1_000;
  }
  const last = order.findLastIndex(({ isAdmitted }) => isAdmitted);
  const endS = (timesMs: readonly number[]): number =>
    last === -1 ? 0 : Math.round((timesMs[last] ?? 0) + retryAfterS * 1_000) / 1_000;
  return {
    connectedMs,
    registeredMs,
    forecast: {
      registrations: order.length,
      polls: order.filter(({ isAdmitted }) => isAdmitted).length,
      serviceOperations,
      limitPerMinute,
      limitApplies: applies,
      mostInMinute: mostInWindow(dueMs),
      waiting: dueMs.filter((ms, at) => (limitedMs[at] ?? ms) > ms).length,
      firstWaitS: firstWaits === -1 ? null : Math.round(dueMs[firstWaits] ?? 0) / 1_000,
      endUnderLimitS: endS(limitedMs),
      endS: endS(registeredMs),
    },
  };
}

/** When the fleet's limit on attempts lets devices go; undefined = there is none. @param order devices that ask DPS */
function pacedStarts(
  { devices, attemptsPerS: perS }: Pick<Plan, "devices" | "attemptsPerS">,
  order: readonly { readonly startMs: number }[],
  startsMs: readonly number[],
  { applies, limitPerMinute, retryAfterS }: DpsSetting,
):
  | (Pick<AttemptsLetGo, "dpsMs" | "assignedMs"> & {
      /** At their hubs, of devices that bring them along, by index. */
      readonly directMs: ReadonlyMap<number, number>;
    })
  | undefined {
  if (perS === undefined) return undefined;
  const direct = devices
    .flatMap(({ hub }, index) =>
      hub === undefined ? [] : [{ index, startMs: startsMs[index] ?? 0 }],
    )
    .toSorted((a, b) => a.startMs - b.startMs);
  const letGo = pacedAttempts({
    dpsMs: order.map(({ startMs }) => startMs),
    hubMs: direct.map(({ startMs }) => startMs),
    perS,
    perMinute: applies ? limitPerMinute : Infinity,
    retryAfterMs: retryAfterS * 1_000,
  });
  const directMs = new Map(direct.map(({ index }, at) => [index, letGo.hubMs[at] ?? 0]));
  return { ...letGo, directMs };
}
