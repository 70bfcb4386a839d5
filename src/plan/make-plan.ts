import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import type { Credentials, FleetEntry, Scenario } from "../scenario/scenario.ts";
import { alertProblems } from "./alert-problems.ts";
import { startTimes } from "./arrival.ts";
import type { ValueSources } from "./entry-values.ts";
import { EntryValues } from "./entry-values.ts";
import type { BroughtDevice, BroughtDevices } from "./brought-device.ts";
import type { FaultyModel } from "./fault-problems.ts";
import { faultProblems } from "./fault-problems.ts";
import { arrivalProblems, idProblems, shortened } from "./fleet-problems.ts";
import type { CredentialSpec, DeviceSpec, Plan } from "./plan.ts";
import { MADE_GROUP_KEY } from "./plan.ts";
import { wantedFaults, withFaults } from "./plan-faults.ts";
import { planTimeline } from "./plan-timeline.ts";

/** What plans are made of, beside the scenario. */
export interface PlanSources extends ValueSources {
  readonly brought?: BroughtDevices;
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
  const { devices: sound, problems: valueProblems } = devicesOf(scenario, sources);
  const ids = sound.map(({ registrationId }) => registrationId);
  const { actions, faults, problems: misdirected } = planTimeline(scenario.timeline, ids, seed);
  const arrivalEndMs = sound.at(-1)?.startMs ?? 0;
  const problems = [
    ...valueProblems,
    ...idProblems(sound),
    ...misdirected,
    ...faultProblems(wantedFaults(scenario, sound, faults), modelOf),
    ...alertProblems(scenario),
    ...arrivalProblems(scenario, sound.length, arrivalEndMs),
  ];
  const plan: Plan = {
    scenario: scenario.name,
    seed,
    target: scenario.target,
    devices: withFaults(sound, faults),
    arrivalEndMs,
    durationMs: scenario.durationMs,
    timeScale: scenario.timeScale,
    concurrency: scenario.arrival.concurrency,
    timeline: actions,
    alerts: scenario.alerts,
    thresholds: scenario.thresholds,
  };
  return { plan, problems };
}

/** Entries follow one another; the arrival runs over the whole fleet. */
function devicesOf(
  { fleet, arrival }: Scenario,
  { brought = [], ...sources }: PlanSources,
): { readonly devices: readonly DeviceSpec[]; readonly problems: readonly Problem[] } {
  const entries = fleet.map((entry, index) => {
    const values = new EntryValues(entry, index, sources);
    return { devices: devicesOfEntry(entry, values, brought[index]), problems: values.problems };
  });
  const devices = entries.flatMap((entry) => entry.devices);
  const starts = startTimes(devices.length, arrival.ratePerS);
  return {
    devices: devices.map((device, index) => ({ ...device, index, startMs: starts[index] ?? 0 })),
    problems: entries.flatMap((entry) => entry.problems.flatMap(shortened)),
  };
}

function devicesOfEntry(
  entry: FleetEntry,
  values: EntryValues,
  brought: readonly BroughtDevice[] | undefined,
): Omit<DeviceSpec, "index" | "startMs">[] {
  const { model, faults, count = brought?.length ?? 0 } = entry;
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
      ...(faults.length === 0 ? {} : { faults }),
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
