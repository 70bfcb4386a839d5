import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import type { Credentials, FleetEntry, Scenario } from "../scenario/scenario.ts";
import { alertProblems } from "./alert-problems.ts";
import type { ArrivalSources } from "./arrival.ts";
import { lateArrival, startTimes } from "./arrival.ts";
import type { ValueSources } from "./entry-values.ts";
import { EntryValues } from "./entry-values.ts";
import type { BroughtDevice, BroughtDevices } from "./brought-device.ts";
import type { FaultyModel } from "./fault-problems.ts";
import { faultProblems } from "./fault-problems.ts";
import { idProblems, shortened } from "./fleet-problems.ts";
import type { CredentialSpec, DeviceSpec, Plan } from "./plan.ts";
import { MADE_GROUP_KEY } from "./plan.ts";
import { wantedFaults, withFaults } from "./plan-faults.ts";
import { phaseProblems } from "./phase-problems.ts";
import { planTimeline } from "./plan-timeline.ts";
import { serviceProblems } from "./service-problems.ts";
import { thresholdProblems } from "./threshold-problems.ts";

/** What plans are made of, beside the scenario. */
export interface PlanSources extends ValueSources {
  readonly brought?: BroughtDevices;
  readonly arrival?: Omit<ArrivalSources, "seed">;
  /** The model of that name, which judges its faults; absent = they are not judged. */
  readonly modelOf?: (model: string) => FaultyModel | undefined;
}

/**
 * Everything that a run of `scenario` will do; pure, so equal input gives an equal plan.
 *
 * @throws {FleetError} `SCENARIO_INVALID` with all problems of values, ids, timeline, faults, alerts and arrival at once
 */
export function makePlan(scenario: Scenario, sources: PlanSources): Plan {
  const { plan, problems } = draftPlan(scenario, sources);
  if (problems.length === 0) return plan;
  throw new FleetError("SCENARIO_INVALID", `${scenario.name} cannot be run as it is`, { problems });
}

/** The plan, and all that is wrong with it; with problems it is not to be run. A value that cannot be had is left out. */
export function draftPlan(
  scenario: Scenario,
  sources: PlanSources,
): { readonly plan: Plan; readonly problems: readonly Problem[] } {
  const { seed, modelOf = () => undefined } = sources;
  const arrivalSources = { ...sources.arrival, seed };
  const { devices: unplaced, problems: valueProblems } = devicesOf(scenario, sources);
  const ids = unplaced.map(({ registrationId }) => registrationId);
  const { startsMs, problems: misfits } = startTimes(ids, scenario.arrival, arrivalSources);
  const adaptive = scenario.arrival.way === "adaptive" ? scenario.arrival : undefined;
  const sound = unplaced.map((device, index) => ({
    ...device,
    index,
    startMs: adaptive === undefined ? (startsMs[index] ?? 0) : null,
  }));
  const {
    actions,
    faults,
    possibleFaults,
    problems: misdirected,
  } = planTimeline(scenario.timeline, unplaced, seed);
  const endMs = startsMs[sound.length - 1] ?? 0;
  const problems = [
    ...valueProblems,
    ...idProblems(sound),
    ...misdirected,
    ...faultProblems(wantedFaults(scenario, sound, [...faults, ...possibleFaults]), modelOf),
    ...serviceProblems(scenario, actions, sound, modelOf),
    ...alertProblems(scenario),
    ...phaseProblems(scenario),
    ...thresholdProblems(scenario, modelOf),
    ...misfits,
    ...lateArrival(
      scenario.arrival,
      { devices: sound.length, endMs, durationMs: scenario.durationMs },
      arrivalSources,
    ),
  ];
  const plan: Plan = {
    scenario: scenario.name,
    seed,
    target: scenario.target,
    devices: withFaults(sound, faults),
    ...(adaptive === undefined ? {} : { adaptive }),
    arrivalEndMs: adaptive === undefined ? endMs : null,
    durationMs: scenario.durationMs,
    timeScale: scenario.timeScale,
    concurrency: scenario.arrival.concurrency,
    ...(scenario.attemptsPerS === undefined ? {} : { attemptsPerS: scenario.attemptsPerS }),
    ...(scenario.provisioning.cache === true ? { cachesAssignments: true } : {}),
    ...(actions.some(({ action }) => action.kind === "message") ? { hearsMessages: true } : {}),
    timeline: actions,
    ...(scenario.oracle === undefined ? {} : { oracle: scenario.oracle }),
    alerts: scenario.alerts,
    phases: scenario.phases,
    thresholds: withExactness(
      scenario.thresholds.map(({ expression }) => expression),
      sound,
    ),
    aborts: scenario.thresholds.flatMap(({ expression, abort }) =>
      abort === undefined ? [] : [{ expression, graceMs: abort.graceMs }],
    ),
  };
  return { plan, problems };
}

/** Where devices are to be refused, a run passes only if exactly these are, whatever else it is judged by. */
function withExactness(
  thresholds: readonly string[],
  devices: readonly Pick<DeviceSpec, "expectedRefusal">[],
): readonly string[] {
  const expects = devices.some(({ expectedRefusal }) => expectedRefusal !== undefined);
  return expects && !thresholds.includes(EXACTLY_THESE)
    ? [...thresholds, EXACTLY_THESE]
    : thresholds;
}

const EXACTLY_THESE = "devices_unexpected == 0";

/** A device that has not got its place in the arrival yet. */
type UnplacedDevice = Omit<DeviceSpec, "index" | "startMs">;

/** Entries follow one another; the arrival runs over the whole fleet. */
function devicesOf(
  { fleet }: Scenario,
  { brought = [], ...sources }: PlanSources,
): { readonly devices: readonly UnplacedDevice[]; readonly problems: readonly Problem[] } {
  const entries = fleet.map((entry, index) => {
    const values = new EntryValues(entry, index, sources);
    return { devices: devicesOfEntry(entry, values, brought[index]), problems: values.problems };
  });
  return {
    devices: entries.flatMap((entry) => entry.devices),
    problems: entries.flatMap((entry) => entry.problems.flatMap(shortened)),
  };
}

function devicesOfEntry(
  entry: FleetEntry,
  values: EntryValues,
  brought: readonly BroughtDevice[] | undefined,
): UnplacedDevice[] {
  const { model, connection, faults, expectedRefusal, count = brought?.length ?? 0 } = entry;
  return Array.from({ length: count }, (_, at) => {
    const device = brought?.[at];
    const pattern = entry.registrationId ?? "";
    const registrationId = device?.registrationId ?? pattern.replaceAll("{n}", String(at + 1));
    const owner = { registrationId, at };
    return {
      registrationId,
      ...(device?.hub === undefined ? {} : { hub: device.hub }),
      model,
      settings: values.settings(owner),
      credentials: device?.credentials ?? credentialsOf(entry.credentials),
      telemetry: values.telemetry(owner),
      ...(connection === undefined ? {} : { connection }),
      ...(faults.length === 0 ? {} : { faults }),
      ...(expectedRefusal === undefined ? {} : { expectedRefusal }),
    };
  });
}

/** The kind of key matters to whoever issues the leaf, not to the device that reads it. */
function credentialsOf(credentials: Credentials): CredentialSpec {
  switch (credentials.format) {
    case "pem":
      return { format: "pem", passphrase: credentials.passphrase };
    case "pfx":
      return { format: "pfx", password: credentials.password };
    case "symmetricKey":
      return { ...credentials, key: credentials.key ?? { env: MADE_GROUP_KEY } };
    case "table":
      throw new TypeError("the table of a fleet entry was not read");
    default:
      return credentials satisfies never;
  }
}
