import { FleetError } from "../base/errors.ts";
import type { Credentials, FleetEntry, Scenario } from "../scenario/scenario.ts";
import { startTimes } from "./arrival.ts";
import { arrivalProblems, idProblems, timelineProblems } from "./fleet-problems.ts";
import type { CredentialSpec, DeviceSpec, Plan } from "./plan.ts";

/**
 * Everything that a run of `scenario` will do; pure, so equal input gives an equal plan.
 *
 * @throws {FleetError} `SCENARIO_INVALID` with all problems of ids, timeline and arrival at once
 */
export function makePlan(scenario: Scenario, options: { readonly seed: number }): Plan {
  const devices = devicesOf(scenario);
  const arrivalEndMs = devices.at(-1)?.startMs ?? 0;
  const problems = [
    ...idProblems(devices),
    ...timelineProblems(scenario, devices),
    ...arrivalProblems(scenario, devices.length, arrivalEndMs),
  ];
  if (problems.length > 0) {
    throw new FleetError("SCENARIO_INVALID", `${scenario.name} cannot be run as it is`, {
      problems,
    });
  }
  return {
    scenario: scenario.name,
    seed: options.seed,
    target: scenario.target,
    devices,
    arrivalEndMs,
    durationMs: scenario.durationMs,
    concurrency: scenario.arrival.concurrency,
    timeline: scenario.timeline.map(({ atMs, at, twin }) => ({ atMs, at, ...twin })),
    thresholds: scenario.thresholds,
  };
}

/** Entries follow one another; the arrival runs over the whole fleet. */
function devicesOf({ fleet, arrival }: Scenario): DeviceSpec[] {
  const devices = fleet.flatMap(devicesOfEntry);
  const starts = startTimes(devices.length, arrival.ratePerS);
  return devices.map((device, index) => ({ ...device, index, startMs: starts[index] ?? 0 }));
}

function devicesOfEntry(entry: FleetEntry): Omit<DeviceSpec, "index" | "startMs">[] {
  return Array.from({ length: entry.count }, (_, index) => ({
    registrationId: entry.registrationId.replaceAll("{n}", String(index + 1)),
    model: entry.model,
    settings: entry.settings,
    credentials: credentialsOf(entry.credentials),
    telemetry: entry.telemetry,
  }));
}

/** The kind of key matters to whoever issues the leaf, not to the device that reads it. */
function credentialsOf(credentials: Credentials): CredentialSpec {
  return credentials.format === "pem"
    ? { format: "pem", passphrase: credentials.passphrase }
    : { format: "pfx", password: credentials.password };
}
