import type { Options } from "yargs";
import { z } from "zod";

import { FleetError } from "../../base/errors.ts";
import { TRANSPORTS } from "../../base/transport.ts";
import type { RunOptions } from "../../run/run-options.ts";
import {
  enumField,
  hostField,
  idScopeField,
  modelField,
  positiveDurationField,
  rateField,
  thresholdField,
  TIME_SCALES,
} from "../../scenario/fields.ts";
import { KEY_KINDS } from "../../scenario/credentials-field.ts";
import { TARGETS } from "../../scenario/schema.ts";
import { showValue } from "../../base/show-value.ts";
import { sizeFields, UNITS_HIGHEST } from "../../scenario/emulator-section.ts";
import {
  CONNECT_TO_HELP,
  connectTo,
  dpsLimit,
  LOG_LEVEL_HELP,
  logLevel,
  numberFrom,
  once,
  onOff,
  whole,
} from "../flag-fields.ts";

const value = (describe: string, defaultDescription?: string): Options => ({
  type: "string",
  requiresArg: true,
  describe,
  ...(defaultDescription === undefined ? {} : { defaultDescription }),
});
const values = (describe: string): Options => ({
  type: "array",
  string: true,
  requiresArg: true,
  describe,
});
const flag = (describe: string): Options => ({ type: "boolean", describe });
const SCENARIO_SAYS = "the scenario's";

/** The options of `run`, as help lists them. Numbers are texts here: the schema below judges them. */
export const RUN_OPTIONS: Readonly<Record<string, Options>> = {
  devices: value("number of devices, dealt over the fleet's entries", SCENARIO_SAYS),
  model: value(
    "device model of all devices: a name, ./my-device.ts, .mjs, .js or .yaml, or a package",
    SCENARIO_SAYS,
  ),
  duration: value("such as 30s; without any it runs until stopped", SCENARIO_SAYS),
  rate: value("devices that start in a time, such as 20/s", SCENARIO_SAYS),
  "telemetry-interval": value("time between two messages of a device", SCENARIO_SAYS),
  "time-scale": value(
    "seconds that pass in the devices for each of yours: 60 shows an hour in a minute",
    SCENARIO_SAYS,
  ),
  threshold: values("such as 'registration_ms p(95) < 5s'; repeatable, replaces the scenario's"),
  seed: value("seed of all randomness of the devices", "1"),
  workers: value("worker processes: auto or a number", "auto"),
  target: value("emulator or azure", SCENARIO_SAYS),
  transport: value(
    "what devices speak: mqtt (port 8883), or mqtt-ws (WebSocket, port 443, HTTPS_PROXY)",
    SCENARIO_SAYS,
  ),
  emulator: value("file with the line of emulator --json", "an emulator of the run's own"),
  "emulator-tier": value(
    "throttles and daily quota of the run's own emulator: none, F1, B1 to B3, S1 to S3",
    SCENARIO_SAYS,
  ),
  "emulator-units": value("units of that tier", SCENARIO_SAYS),
  "emulator-dps-limit": value("registrations that its DPS takes, such as 1000/m", SCENARIO_SAYS),
  "id-scope": value("ID scope of the Device Provisioning Service"),
  "provisioning-host": value("host that devices register with"),
  "connect-to": values(CONNECT_TO_HELP),
  ca: value("file with the CAs to trust"),
  certs: value("folder of the certificates", "certs"),
  "ca-passphrase-file": value(
    "file with the passphrase of the CA's key",
    "DPS_FLEET_CA_PASSPHRASE; on a terminal it is asked for",
  ),
  key: value("kind of the leaves' keys: p256, p384, rsa2048 or rsa4096", "any, new ones p256"),
  out: value("folder for the results", "a new one in runs/"),
  "save-messages": flag("write every telemetry message to messages.ndjson"),
  json: flag("print summary.json on stdout, and nothing else there"),
  yes: flag("ask nothing before a run against Azure"),
  "no-web": flag("no web page (there is none yet)"),
  "log-level": value(LOG_LEVEL_HELP, "warn"),
};

const text = once.optional();

const SEED_MAX = 2 ** 32 - 1;
const WORKERS_MAX = 512;

const runFlags = z.object({
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
  rate: rateField.optional(),
  "telemetry-interval": positiveDurationField.optional(),
  "time-scale": numberFrom(...TIME_SCALES).optional(),
  workers: z
    .union([z.literal("auto"), whole(1, WORKERS_MAX)], {
      error: ({ input }) =>
        `expected auto or a whole number, 1 to ${WORKERS_MAX}, got ${showValue(input)}`,
    })
    .default("auto"),
  key: enumField(KEY_KINDS).optional(),
  seed: whole(0, SEED_MAX).default(1),
  threshold: z.array(thresholdField).default([]),
  out: text,
  "save-messages": onOff.default(false),
  certs: once.default("certs"),
  "ca-passphrase-file": text,
  ca: text,
  "provisioning-host": hostField.optional(),
  "id-scope": idScopeField.optional(),
  "connect-to": connectTo,
  yes: onOff.default(false),
  json: onOff.default(false),
  "no-web": onOff.default(false),
  "log-level": logLevel,
});

/** What the command line asks for, checked. */
export interface RunFlags {
  readonly options: RunOptions;
  readonly json: boolean;
  /** File with the passphrase of the CA's key. */
  readonly caPassphraseFile: string | undefined;
  /** No scenario was named: this is the demo. */
  readonly demo: boolean;
}

/**
 * Checks what yargs read.
 *
 * @param defaultScenario the scenario of a run that names none
 * @throws {FleetError} `USAGE` with all problems at once, each at its flag
 */
export function parseRunFlags(given: unknown, defaultScenario: string): RunFlags {
  const parsed = runFlags.safeParse(given);
  if (!parsed.success) {
    throw new FleetError("USAGE", "the command line is wrong", {
      problems: parsed.error.issues.map(({ path, message }) => ({
        place: `--${String(path[0])}`,
        message,
      })),
      hint: "see run --help",
    });
  }
  const flags = parsed.data;
  return {
    json: flags.json,
    caPassphraseFile: flags["ca-passphrase-file"],
    demo: flags.scenario === undefined,
    options: {
      scenarioFile: flags.scenario ?? defaultScenario,
      overrides: {
        target: flags.target,
        transport: flags.transport,
        devices: flags.devices,
        duration: flags.duration,
        rate: flags.rate,
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
      certsDir: flags.certs,
      outDir: flags.out,
      saveMessages: flags["save-messages"],
      connectTo: flags["connect-to"],
      caFile: flags.ca,
      workers: flags.workers,
      yes: flags.yes,
      logLevel: flags["log-level"],
    },
  };
}
