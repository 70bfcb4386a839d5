import type { z } from "zod";
import { dealInProportion } from "../base/deal.ts";
import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { TRANSPORTS } from "../base/transport.ts";
import { parseDuration, parseRate } from "../base/units.ts";
import type { Arrival } from "./arrival-section.ts";
import { arrivalOfRate, arrivalRateField } from "./arrival-section.ts";
import type { EmulatorOverrides } from "./emulator-overrides.ts";
import { EMULATOR_FLAGS, overrideEmulator } from "./emulator-overrides.ts";
import { sizeFields } from "./emulator-section.ts";
import { attemptsField } from "./connection-section.ts";
import {
  countField,
  enumField,
  hostField,
  idScopeField,
  positiveDurationField,
  thresholdField,
  timeScaleField,
} from "./fields.ts";
import type { CertificateSource, Credentials, FleetEntry, Scenario } from "./scenario.ts";
import { KEY_KINDS } from "./credentials-field.ts";
import { TARGETS } from "./schema.ts";

/** Settings from flags or environment, as typed; undefined = what the scenario says. */
export interface Overrides {
  readonly target?: string | undefined;
  readonly transport?: string | undefined;
  /** Devices of the whole fleet; over several entries dealt in proportion to their counts. */
  readonly devices?: number | undefined;
  readonly duration?: string | undefined;
  readonly rate?: string | undefined;
  /** Attempts to connect of the whole fleet. */
  readonly connectionLimit?: string | undefined;
  readonly telemetryInterval?: string | undefined;
  readonly timeScale?: number | undefined;
  /** Replace those of the scenario. */
  readonly thresholds?: readonly string[] | undefined;
  readonly idScope?: string | undefined;
  readonly provisioningHost?: string | undefined;
  readonly keyKind?: string | undefined;
  /** Of all devices; the run finds it, from its own folder. */
  readonly model?: string | undefined;
  readonly emulator?: EmulatorOverrides | undefined;
}

/**
 * The scenario with every override in place of what it says; each entry of it has a count.
 *
 * @param available how many devices the file of each entry names; undefined = a pattern does
 * @throws {FleetError} `USAGE` with all problems at once, each at its flag
 */
export function applyOverrides(
  scenario: Scenario,
  overrides: Overrides,
  available: readonly (number | undefined)[] = [],
): Scenario {
  const problems: Problem[] = [];
  const check = <Schema extends z.ZodType>(
    flag: string,
    schema: Schema,
    value: unknown,
  ): z.output<Schema> | undefined => {
    if (value === undefined) return undefined;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    problems.push(...parsed.error.issues.map(({ message }) => ({ place: flag, message })));
    return undefined;
  };

  const target = check("--target", enumField(TARGETS), overrides.target);
  const transport = check("--transport", enumField(TRANSPORTS), overrides.transport);
  const devices = check("--devices", countField(DEVICES, 1_000_000), overrides.devices);
  const duration = check("--duration", positiveDurationField, overrides.duration);
  const rate = check("--rate", arrivalRateField, overrides.rate);
  const attempts = check("--connection-limit", attemptsField, overrides.connectionLimit);
  const interval = check(
    "--telemetry-interval",
    positiveDurationField,
    overrides.telemetryInterval,
  );
  const timeScale = check("--time-scale", timeScaleField, overrides.timeScale);
  for (const threshold of overrides.thresholds ?? []) {
    check("--threshold", thresholdField, threshold);
  }
  const idScope = check("--id-scope", idScopeField, overrides.idScope);
  const host = check("--provisioning-host", hostField, overrides.provisioningHost);
  const key = check("--key", enumField(KEY_KINDS), overrides.keyKind);

  const { emulator: given = {} } = overrides;
  const size = {
    tier: check(EMULATOR_FLAGS.tier, sizeFields.tier, given.tier),
    units: check(EMULATOR_FLAGS.units, sizeFields.units, given.units),
    dpsRegistrationsPerMinute: check(
      EMULATOR_FLAGS.dpsRegistrationsPerMinute,
      sizeFields.dpsRegistrationsPerMinute,
      given.dpsRegistrationsPerMinute,
    ),
  };

  const counts = countsOf(scenario, devices, available);
  for (const [index, { registrationId }] of scenario.fleet.entries()) {
    const count = counts[index] ?? 0;
    const there = available[index];
    if (there !== undefined && count > there) {
      problems.push({
        place: devices === undefined ? `fleet[${index}].count` : "--devices",
        message: `gives fleet[${index}] ${count} devices, but its file has ${there}`,
        hint: "add devices to the file, or take fewer",
      });
    }
    if (count <= 1 || registrationId === undefined || registrationId.includes("{n}")) continue;
    problems.push({
      place: "--devices",
      message: `gives fleet[${index}] ${count} devices, but its registration id "${registrationId}" has no {n}`,
    });
  }
  if (problems.length > 0) {
    throw new FleetError("USAGE", "these settings cannot be used", { problems });
  }

  const intervalMs = interval === undefined ? undefined : parseDuration(interval);
  return {
    ...scenario,
    ...(attempts === undefined ? {} : { attemptsPerS: parseRate(attempts) }),
    target: target ?? scenario.target,
    transport: transport ?? scenario.transport,
    fleet: scenario.fleet.map((entry, index): FleetEntry => ({
      ...entry,
      count: counts[index] ?? 0,
      credentials:
        key === undefined || !isCertificate(entry.credentials)
          ? entry.credentials
          : { ...entry.credentials, key },
      telemetry: { ...entry.telemetry, intervalMs: intervalMs ?? entry.telemetry.intervalMs },
    })),
    arrival: rate === undefined ? scenario.arrival : atRate(rate, scenario.arrival),
    durationMs: duration === undefined ? scenario.durationMs : parseDuration(duration),
    timeScale: timeScale ?? scenario.timeScale,
    thresholds:
      overrides.thresholds?.map((expression) => ({ expression, place: "--threshold" })) ??
      scenario.thresholds,
    emulator: overrideEmulator(scenario.emulator, size),
    provisioning: {
      ...scenario.provisioning,
      idScope: idScope ?? scenario.provisioning.idScope,
      host: host ?? scenario.provisioning.host,
    },
  };
}

/** A rate in place of whatever way the scenario has; its limits stay, and so do those of an adaptive arrival. */
function atRate(rate: string, arrival: Arrival): Arrival {
  if (rate === arrival.way) return arrival;
  const { concurrency, dpsLimitPerMinute } = arrival;
  return { ...arrivalOfRate(rate), concurrency, dpsLimitPerMinute };
}

const DEVICES = "a whole number of devices, 1 to 1000000";

const isCertificate = (credentials: Credentials): credentials is CertificateSource =>
  credentials.format === "pem" || credentials.format === "pfx";

function countsOf(
  { fleet }: Scenario,
  devices: number | undefined,
  available: readonly (number | undefined)[],
): readonly number[] {
  const written = fleet.map(({ count }, index) => count ?? available[index] ?? 0);
  return devices === undefined ? written : dealInProportion(devices, written);
}
