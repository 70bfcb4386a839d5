import { isIP } from "node:net";
import type { Argv } from "yargs";
import { z } from "zod";

import { FleetError } from "../../base/errors.ts";
import { EMULATOR_TIERS, UNITS_MAX } from "../../base/hub-tiers.ts";
import { enumField, hostField } from "../../scenario/fields.ts";
import { ENVIRONMENT_HELP } from "../environment.ts";
import {
  dpsLimit,
  flagOf,
  hubName,
  latencies,
  LOG_LEVEL_OPTION,
  logLevel,
  once,
  onOff,
  whole,
} from "../flag-fields.ts";

/** Ports where an emulator listens unless told otherwise; `--standard-ports` takes Azure's for HTTPS too. */
export const DEFAULT_PORTS = { mqtt: 8883, https: 8443, standardHttps: 443 } as const;

const port = whole(0, 65_535);

/** What can be dialled; a name is looked up by whoever dials. */
const address = once.refine(
  (text) =>
    (isIP(text) !== 0 || hostField.safeParse(text).success) && !["0.0.0.0", "::"].includes(text),
  {
    error: ({ input }) => `expected an address or a host name to dial, got "${String(input)}"`,
  },
);

/** `HOST[:PORT]`, HOST a name or an IPv4 address. */
const advertised = once.transform((text, context) => {
  const [, host = "", given] = /^([^:]+)(?::(\d{1,5}))?$/.exec(text.toLowerCase()) ?? [];
  const number = given === undefined ? undefined : Number(given);
  const fits = number === undefined || (number >= 1 && number <= 65_535);
  if (hostField.safeParse(host).success && fits) return { host, port: number };
  context.addIssue(`expected HOST or HOST:PORT, got "${text}"`);
  return z.NEVER;
});

const fields = z.object({
  json: onOff,
  write: once.min(1, "expected a file, got an empty name").optional(),
  writeToken: once.min(1, "expected a file, got an empty name").optional(),
  host: z.string().refine((text) => text === "localhost" || isIP(text) !== 0, {
    error: ({ input }) => `expected an IP address or localhost, got "${String(input)}"`,
  }),
  address: address.optional(),
  mqttPort: port.optional(),
  httpsPort: port.optional(),
  standardPorts: onOff,
  hub: z.array(hubName).optional(),
  advertise: advertised.optional(),
  config: once.min(1, "expected a file, got an empty name").optional(),
  data: once.min(1, "expected a folder, got an empty name").optional(),
  dataUntilFull: onOff.optional(),
  seed: whole(0, Number.MAX_SAFE_INTEGER).optional(),
  latency: latencies.optional(),
  idScope: z
    .string()
    .regex(/^[^/\s]+$/, {
      error: ({ input }) => `expected a name without blanks and slashes, got "${String(input)}"`,
    })
    .optional(),
  retryAfter: whole(0, 3600).optional(),
  requireVerifiedCa: onOff.optional(),
  tier: enumField(EMULATOR_TIERS).optional(),
  units: whole(1, Math.max(...Object.values(UNITS_MAX))).optional(),
  dpsLimit: dpsLimit.optional(),
  certs: z.string().min(1),
  logLevel,
});

/** A port of one's own beside `--standard-ports`: one of the two would have to be ignored. */
const emulatorArguments = fields.superRefine((flags, context) => {
  if (!flags.standardPorts) return;
  const standard = { mqttPort: DEFAULT_PORTS.mqtt, httpsPort: DEFAULT_PORTS.standardHttps };
  for (const key of ["mqttPort", "httpsPort"] as const) {
    const { [key]: given = standard[key] } = flags;
    if (given === standard[key]) continue;
    const message = `expected ${standard[key]} or nothing beside --standard-ports, got ${given}`;
    context.addIssue({ code: "custom", path: [key], message });
  }
});

/** The options of `emulator`, as they stand on the command line. */
export type EmulatorArguments = z.infer<typeof emulatorArguments>;

const EPILOGUE = `Examples:
  $0 emulator              prints what to paste into your program
  $0 emulator --write emulator.json
  $0 run --emulator emulator.json      in another terminal

${ENVIRONMENT_HELP}`;

/** Adds the options of `emulator` and their help. */
export function emulatorFlags(yargs: Argv): Argv {
  return yargs
    .option("json", {
      type: "boolean",
      default: false,
      describe: "print one line of JSON when ready (it carries secrets), nothing else",
    })
    .option("write", {
      type: "string",
      requiresArg: true,
      describe:
        "FILE for the line of --json while it runs, for its owner alone; stdout has no keys then",
    })
    .option("write-token", {
      type: "string",
      requiresArg: true,
      describe: "FILE for the admin token alone while it runs, as Prometheus' credentials_file",
    })
    .option("host", {
      type: "string",
      default: "127.0.0.1",
      requiresArg: true,
      describe: "address to listen on",
    })
    .option("address", {
      type: "string",
      requiresArg: true,
      describe: "address or name that clients are told to dial, where ports are forwarded",
      defaultDescription: "where it listens; for 0.0.0.0 and :: the machine's first address",
    })
    .option("mqtt-port", {
      type: "string",
      requiresArg: true,
      describe: "port of MQTT over TLS, 0 = a free one",
      defaultDescription: String(DEFAULT_PORTS.mqtt),
    })
    .option("https-port", {
      type: "string",
      requiresArg: true,
      describe: "port of the service APIs, 0 = a free one",
      defaultDescription: String(DEFAULT_PORTS.https),
    })
    .option("standard-ports", {
      type: "boolean",
      default: false,
      describe: "Azure's own ports, 8883 and 443, for clients that know no other",
    })
    .option("hub", {
      type: "string",
      array: true,
      requiresArg: true,
      describe: "host name of an IoT Hub; repeatable",
      defaultDescription: "cheesecave-hub.azure-devices.net",
    })
    .option("advertise", {
      type: "string",
      requiresArg: true,
      describe:
        "HOST[:PORT]: what DPS calls the one hub, for clients that cannot map Azure's names",
    })
    .option("config", {
      type: "string",
      requiresArg: true,
      describe: "YAML or JSON file: hubs, enrollments, devices, limits; flags beat it",
    })
    .option("data", {
      type: "string",
      requiresArg: true,
      describe:
        "folder that keeps everything from one start to the next; made where it is not there",
    })
    .option("data-until-full", {
      type: "boolean",
      describe:
        "with --data: where the disk takes no more, go on without the folder, and remove it",
    })
    .option("seed", {
      type: "string",
      requiresArg: true,
      describe: "whole number that ids, keys and the times of documents follow from; for tests",
    })
    .option("latency", {
      type: "string",
      array: true,
      requiresArg: true,
      describe: "HUB=MS: how far a hub is, for the policy geoLatency; for every hub or none",
    })
    .option("id-scope", {
      type: "string",
      requiresArg: true,
      describe: "ID scope of the DPS instance",
      defaultDescription: "0ne000CA7E5",
    })
    .option("retry-after", {
      type: "string",
      requiresArg: true,
      describe: "seconds that DPS tells devices to wait between polls",
      defaultDescription: "3",
    })
    .option("require-verified-ca", {
      type: "boolean",
      describe: "a group's signing certificate counts only once its CA is verified, as in Azure",
    })
    .option("tier", {
      type: "string",
      requiresArg: true,
      describe: `throttles and daily quota of a hub's tier: ${EMULATOR_TIERS.join(", ")}`,
      defaultDescription: "none",
    })
    .option("units", {
      type: "string",
      requiresArg: true,
      describe: "units of the tier, for each hub",
      defaultDescription: "1",
    })
    .option("dps-limit", {
      type: "string",
      requiresArg: true,
      describe: "registrations that DPS takes, such as 200/m; with a tier 1000/m, else no limit",
    })
    .option("certs", {
      type: "string",
      default: "certs",
      requiresArg: true,
      describe: "directory of certificates; the emulator's own CA is in its folder emulator",
    })
    .option("log-level", LOG_LEVEL_OPTION)
    .epilogue(EPILOGUE);
}

/** @throws {FleetError} `USAGE` with every problem */
export function parseEmulatorFlags(given: unknown): EmulatorArguments {
  const parsed = emulatorArguments.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new FleetError("USAGE", "the command line is wrong", {
    hint: "see emulator --help",
    problems: parsed.error.issues.map((issue) => ({
      place: flagOf(String(issue.path[0])),
      message: issue.message,
    })),
  });
}
