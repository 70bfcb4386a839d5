import type { Problem } from "../../base/errors.ts";
import type { HubTier } from "../../base/hub-tiers.ts";
import { formatDuration } from "../../base/units.ts";
import { isToBeAdmitted } from "../../metrics/device-outcome.ts";
import type { Shard } from "../../plan/plan-part.ts";
import { dueTimes } from "../../plan/adaptive-arrival.ts";
import type { DeviceSpec, Plan } from "../../plan/plan.ts";
import type { ArrivalForecast } from "./arrival-forecast.ts";
import { arrivalForecast } from "./arrival-forecast.ts";
import type { DpsForecast, DpsSetting, Registrations } from "./dps-forecast.ts";
import { dpsForecast } from "./dps-forecast.ts";
import type { HubForecast } from "./hub-forecast.ts";
import { hubForecast } from "./hub-forecast.ts";
import { hubShares } from "./hub-shares.ts";
import type { MachineNeed } from "./machine-needs.ts";
import type { MessageForecast } from "./message-forecast.ts";
import { messageForecast } from "./message-forecast.ts";
import type { PartForecast } from "./part-forecast.ts";
import { partForecast } from "./part-forecast.ts";
import type { ExpectedAction } from "./expected-actions.ts";
import { expectedActions } from "./expected-actions.ts";
import type { ModelSample } from "./model-sample.ts";
import type { TierChoice } from "./tier-use.ts";
import { tierChoices } from "./tier-use.ts";
import type { Throttling } from "./throttling-order.ts";
import { firstThrottled } from "./throttling-order.ts";

/** What a run would do, as far as that can be known beforehand. Times are seconds after time 0. */
export interface Forecast {
  readonly schemaVersion: 1;
  readonly scenario: string;
  readonly target: Plan["target"];
  readonly seed: number;
  /** null = until it is stopped. */
  readonly durationS: number | null;
  readonly timeScale: number;
  /** Named spans of the run, each until the next one. */
  readonly phases: readonly { readonly name: string; readonly atS: number }[];
  /** What the timeline does, and about when. */
  readonly timeline: readonly ExpectedAction[];
  readonly devices: {
    readonly total: number;
    /** Of these, those that services are to refuse: they come to no hub and send nothing. */
    readonly toBeRefused: number;
    readonly byModel: Readonly<Record<string, number>>;
  };
  /** What this run does of it with `--shard`; null = all. Machine is what this part needs, all else is of the whole plan. */
  readonly part: PartForecast | null;
  /** `adaptive`: it follows from what the services answer, and this is the fastest that it can be. */
  readonly arrival: { readonly adaptive: boolean } & ArrivalForecast;
  /** What the fleet's limit on attempts to connect makes of it; null = there is none. */
  readonly attempts: {
    readonly perS: number;
    /** When the last device is at its hub, at the earliest, seconds after time 0. */
    readonly endS: number;
  } | null;
  readonly registration: DpsForecast;
  readonly messages: MessageForecast;
  readonly hubs: readonly HubForecast[];
  /** The size that the hubs are held against; null = none is known. */
  readonly tier: { readonly tier: HubTier; readonly units: number } | null;
  /** What each tier would take. */
  readonly tiers: readonly TierChoice[];
  /** What would be throttled first in this run; null = nothing, as far as one can tell. */
  readonly firstThrottled: Throttling | null;
  readonly machine: readonly MachineNeed[];
  readonly warnings: readonly Problem[];
}

/** What a forecast is made of. */
export interface ForecastInput {
  /** The whole. */
  readonly plan: Plan;
  /** What this run does of it; undefined = all. */
  readonly part?: { readonly shard: Shard; readonly plan: Plan } | undefined;
  /** Of each of the plan's devices, in their order. */
  readonly samples: readonly ModelSample[];
  /** How models are called, by the names that the plan has; absent = as there. */
  readonly modelNames?: ReadonlyMap<string, string>;
  /** Hubs that DPS may assign; null = one whose name is not known, none at all = nor how many there are. */
  readonly hubs?: readonly (string | null)[] | undefined;
  readonly dps: DpsSetting;
  readonly tier?: { readonly tier: HubTier; readonly units: number } | undefined;
  readonly machine?: readonly MachineNeed[];
  readonly warnings?: readonly Problem[];
}

/** Computes what a run of a plan would do; pure. */
export function forecast(input: ForecastInput): Forecast {
  const { plan, part, samples, tier, dps, hubs = [] } = input;
  const { devices, durationMs } = plan;
  const untilMs = durationMs ?? Infinity;
  const registration = dpsForecast(plan, dps);
  const { connectedMs } = registration;
  const shares = hubShares(plan, hubs, { connectedMs, samples });
  const throttled = firstThrottled(registration.forecast, shares, tier, untilMs);
  return {
    schemaVersion: 1,
    scenario: plan.scenario,
    target: plan.target,
    seed: plan.seed,
    durationS: durationMs === undefined ? null : durationMs / 1_000,
    timeScale: plan.timeScale,
    phases: plan.phases.map(({ name, atMs }) => ({ name, atS: atMs / 1_000 })),
    timeline: expectedActions(plan, connectedMs),
    devices: {
      total: devices.length,
      toBeRefused: devices.filter((device) => !isToBeAdmitted(device)).length,
      byModel: countedByModel(devices, input.modelNames),
    },
    part:
      part === undefined
        ? null
        : partForecast(part.shard, part.plan, hubs, { connectedMs, samples }),
    arrival: {
      adaptive: plan.adaptive !== undefined,
      ...arrivalForecast(dueTimes(plan), connectedMs),
    },
    attempts:
      plan.attemptsPerS === undefined
        ? null
        : { perS: plan.attemptsPerS, endS: lastS(connectedMs) },
    registration: registration.forecast,
    messages: messageForecast(shares, durationMs),
    hubs: shares.map((share) => hubForecast(share, tier, untilMs)),
    tier: tier ?? null,
    tiers: tierChoices(
      shares.map(({ load }) => load),
      untilMs,
    ),
    firstThrottled: throttled,
    machine: input.machine ?? [],
    warnings: [...(input.warnings ?? []), ...lateProblems(plan, registration, dps)],
  };
}

const lastS = (timesMs: readonly (number | null)[]): number =>
  Math.round(timesMs.reduce<number>((last, ms) => Math.max(last, ms ?? 0), 0)) / 1_000;

function countedByModel(
  devices: readonly DeviceSpec[],
  names: ForecastInput["modelNames"],
): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { model } of devices) {
    const name = names?.get(model) ?? model;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

/** Devices that are due within the run, and that the limit of DPS keeps out of it. */
function lateProblems(
  { durationMs }: Plan,
  { connectedMs, forecast: { endS } }: Registrations,
  { limitPerMinute, applies }: DpsSetting,
): readonly Problem[] {
  if (durationMs === undefined) return [];
  const late = connectedMs.filter((ms) => ms !== null && ms >= durationMs).length;
  if (late === 0) return [];
  const why = applies ? ` under ${limitPerMinute} registrations a minute` : "";
  return [
    {
      place: "duration",
      message: `${late} of ${connectedMs.length} devices are not assigned when the run ends after ${formatDuration(durationMs)}${why}`,
      hint: `give --duration ${formatDuration(Math.ceil(endS + 1) * 1_000)} or more, or fewer --devices`,
    },
  ];
}
