import type { Options } from "yargs";
import { z } from "zod";

import { showValue } from "../../base/show-value.ts";
import { TRANSPORTS } from "../../base/transport.ts";
import type { Shard } from "../../plan/plan-part.ts";
import type { RunOptions } from "../../run/run-options.ts";
import { KEY_KINDS } from "../../scenario/credentials-field.ts";
import { sizeFields, UNITS_HIGHEST } from "../../scenario/emulator-section.ts";
import { arrivalRateField } from "../../scenario/arrival-section.ts";
import { attemptsField } from "../../scenario/connection-section.ts";
import {
  enumField,
  hostField,
  idScopeField,
  modelField,
  positiveDurationField,
  thresholdField,
  TIME_SCALES,
} from "../../scenario/fields.ts";
import { TARGETS } from "../../scenario/schema.ts";
import { dpsLimit, numberFrom, once, whole } from "../flag-fields.ts";

/** An option with a value; a number is a text here, which the command's schema judges. */
export const valueOption = (describe: string, defaultDescription?: string): Options => ({
  type: "string",
  requiresArg: true,
  describe,
  ...(defaultDescription === undefined ? {} : { defaultDescription }),
});

/** An option that may be given several times. */
export const valuesOption = (describe: string): Options => ({
  type: "array",
  string: true,
  requiresArg: true,
  describe,
});

const SCENARIO_SAYS = "the scenario's";

/** The options that settle what a run will do, as help lists them: they take the place of what the scenario says. */
export const SCENARIO_OPTIONS: Readonly<Record<string, Options>> = {
  devices: valueOption("number of devices, dealt over the fleet's entries", SCENARIO_SAYS),
  model: valueOption(
    "device model of all devices: a name, ./my-device.ts, .mjs, .js or .yaml, or a package",
    SCENARIO_SAYS,
  ),
  duration: valueOption("such as 30s; without any it runs until stopped", SCENARIO_SAYS),
  rate: valueOption(
    "devices that start in a time, such as 20/s; auto: 95 % of what DPS takes; adaptive: finds it out",
    SCENARIO_SAYS,
  ),
  "connection-limit": valueOption(
    "attempts to connect that the whole fleet makes in a time, such as 50/s",
    SCENARIO_SAYS,
  ),
  "telemetry-interval": valueOption("time between two messages of a device", SCENARIO_SAYS),
  "time-scale": valueOption(
    "seconds that pass in the devices for each of yours: 60 shows an hour in a minute",
    SCENARIO_SAYS,
  ),
  threshold: valuesOption(
    "such as 'registration_ms p(95) < 5s'; repeatable, replaces the scenario's",
  ),
  seed: valueOption("seed of all randomness of the devices", "1"),
  workers: valueOption("worker processes: auto or a number", "auto"),
  shard: valueOption(
    "part I of N of the plan, such as 2/4; see docs/sharding.md",
    "all of the plan",
  ),
  target: valueOption("emulator or azure", SCENARIO_SAYS),
  transport: valueOption(
    "what devices speak: mqtt (port 8883), or mqtt-ws (WebSocket, port 443, HTTPS_PROXY)",
    SCENARIO_SAYS,
  ),
  emulator: valueOption("file with the line of emulator --json", "an emulator of the run's own"),
  "emulator-tier": valueOption(
    "throttles and daily quota of the run's own emulator: none, F1, B1 to B3, S1 to S3",
    SCENARIO_SAYS,
  ),
  "emulator-units": valueOption("units of that tier", SCENARIO_SAYS),
  "emulator-dps-limit": valueOption(
    "registrations that its DPS takes, such as 1000/m",
    SCENARIO_SAYS,
  ),
  "id-scope": valueOption("ID scope of the Device Provisioning Service"),
  "provisioning-host": valueOption("host that devices register with"),
  key: valueOption(
    "kind of the leaves' keys: p256, p384, rsa2048 or rsa4096",
    "any, new ones p256",
  ),
};

const text = once.optional();

const SEED_MAX = 2 ** 32 - 1;
const WORKERS_MAX = 512;

/** Parts of one plan at most. */
const PARTS_MAX = 10_000;

const shard = once.transform((written, context): Shard => {
  const [, index = 0, of = 0] = (/^(\d{1,6})\/(\d{1,6})$/.exec(written) ?? []).map(Number);
  if (index >= 1 && index <= of && of <= PARTS_MAX) return { index, of };
  context.addIssue(
    `expected I/N with 1 <= I <= N <= ${PARTS_MAX}, such as 2/4, got ${showValue(written)}`,
  );
  return z.NEVER;
});

/** Schema of {@link SCENARIO_OPTIONS} and of the scenario itself. */
export const scenarioFields = {
  scenario: text,
  target: enumField(TARGETS).optional(),
  transport: enumField(TRANSPORTS).optional(),
  emulator: text,
  "emulator-tier": sizeFields.tier.optional(),
  "emulator-units": whole(1, UNITS_HIGHEST).optional(),
  "emulator-dps-limit": dpsLimit.optional(),
  devices: whole(1, 1_000_000).optional(),
  model: modelField.optional(),
  duration: positiveDurationField.optional(),
  rate: arrivalRateField.optional(),
  "connection-limit": attemptsField.optional(),
  "telemetry-interval": positiveDurationField.optional(),
  "time-scale": numberFrom(...TIME_SCALES).optional(),
  workers: z
    .union([z.literal("auto"), whole(1, WORKERS_MAX)], {
      error: ({ input }) =>
        `expected auto or a whole number, 1 to ${WORKERS_MAX}, got ${showValue(input)}`,
    })
    .default("auto"),
  shard: shard.optional(),
  key: enumField(KEY_KINDS).optional(),
  seed: whole(0, SEED_MAX).default(1),
  threshold: z.array(thresholdField).default([]),
  "provisioning-host": hostField.optional(),
  "id-scope": idScopeField.optional(),
};

const scenarioFlags = z.object(scenarioFields);

/**
 * What a run is asked to do.
 *
 * @param defaultScenario the scenario of a command line that names none
 */
export function scenarioOptionsOf(
  flags: z.output<typeof scenarioFlags>,
  defaultScenario: string,
): Pick<RunOptions, "scenarioFile" | "overrides" | "seed" | "emulatorFile" | "workers" | "shard"> {
  return {
    scenarioFile: flags.scenario ?? defaultScenario,
    overrides: {
      target: flags.target,
      transport: flags.transport,
      devices: flags.devices,
      duration: flags.duration,
      rate: flags.rate,
      connectionLimit: flags["connection-limit"],
      telemetryInterval: flags["telemetry-interval"],
      timeScale: flags["time-scale"],
      thresholds: flags.threshold.length === 0 ? undefined : flags.threshold,
      idScope: flags["id-scope"],
      provisioningHost: flags["provisioning-host"],
      keyKind: flags.key,
      model: flags.model,
      emulator: {
        tier: flags["emulator-tier"],
        units: flags["emulator-units"],
        dpsRegistrationsPerMinute: flags["emulator-dps-limit"],
      },
    },
    seed: flags.seed,
    emulatorFile: flags.emulator,
    workers: flags.workers,
    shard: flags.shard,
  };
}
