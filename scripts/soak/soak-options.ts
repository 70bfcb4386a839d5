import { parseArgs } from "node:util";
import { z } from "zod";
import { FleetError } from "../../src/base/errors.ts";
import { FAULT_NAMES } from "../../src/base/fault-kinds.ts";
import { parseDuration, parseRate, parseSize } from "../../src/base/units.ts";
import { once, whole } from "../../src/cli/flag-fields.ts";
import { parseFlags } from "../../src/cli/parse-flags.ts";

/** What growth is measured by: time, or what has happened. */
export const UNITS = ["device-hour", "reconnect"] as const;

/** Bytes that a process may grow by for each device and hour, or for each reconnect of one of its devices. */
export interface Limit {
  readonly bytes: number;
  readonly per: (typeof UNITS)[number];
}

/** What a soak is told; times in ms. */
export interface SoakOptions {
  readonly devices: number;
  /** From time 0 to the end, warm-up included. */
  readonly durationMs: number;
  /** What is measured before says nothing: caches fill, code is compiled. */
  readonly warmUpMs: number;
  /** A round: for so long devices leave, then all return, and processes are looked into. */
  readonly intervalMs: number;
  /** Devices that leave in a second, over all of the fleet and all of the time. */
  readonly churnPerS: number;
  /** For how long each is away. */
  readonly awayMs: number;
  readonly telemetryMs: number;
  /** Faults of the services and the network, one in each round, by turns. */
  readonly faults: readonly string[];
  /** The steepest slope that is no growth. */
  readonly limit: Limit;
  /** Bytes that worker 0 is made to keep of each connection; undefined = none. */
  readonly leakBytes: number | undefined;
  /** undefined = as many as the machine has cores for. */
  readonly workers: number | undefined;
  /** Folder for a heap snapshot of each process at the first look and at the last. */
  readonly heapSnapshots: string | undefined;
  /** File for what was found, as JSON. */
  readonly json: string | undefined;
  /** Folder of the run's results; undefined = one of its own in `runs/`. */
  readonly out: string | undefined;
}

export const SOAK_HELP = `npm run soak -- [options]

lets a fleet live through churn and faults for a long time, and looks whether any of its processes grows

  --devices N           size of the fleet                            [500]
  --duration TIME       all of it, warm-up included                  [20m]
  --warm-up TIME        what is measured before does not count       [3m]
  --interval TIME       churn from one look to the next              [20s]
  --churn RATE          devices that leave and return: 5%/m, 30/m    [5%/m]
  --away TIME           for how long each is away                    [5s]
  --telemetry-interval  time between two messages of a device        [10s]
  --faults KIND,…       what else goes wrong, one kind in each round, or none
                                            [serverError,networkLatency,blackHole]
  --limit SIZE/UNIT     growth that is allowed, for each device-hour or reconnect
                                                                     [2KiB/device-hour]
  --plant-leak          lets worker 0 keep 1 KiB of each connection: to be found
  --workers N           worker processes                             [one a core]
  --heap-snapshots DIR  what every process holds at the first look and at the last
  --json FILE           what was found, for machines
  --out DIR             folder for the results of the run            [a new one in runs/]

Exit code 0: nothing grows; 99: something does; else as the run's.

  npm run soak -- --devices 100 --duration 3h --churn 30/m
`;

/** A leak must be found that is half as large again as what is allowed, at 5 % a minute: three reconnects an hour. */
const PLANTED_BYTES = 1_024;

const quantity = (parse: (text: string) => number | undefined, expected: string) =>
  once.transform((text, context) => {
    const value = parse(text);
    if (value !== undefined && value > 0) return value;
    context.issues.push({
      code: "custom",
      input: text,
      message: `expected ${expected}, got "${text}"`,
    });
    return z.NEVER;
  });

const duration = quantity(parseDuration, "a duration such as 30s or 20m");

/** A share of the fleet, or devices, in a second. */
type Churn = { readonly share: number } | { readonly devices: number };

function parseChurn(text: string): Churn | undefined {
  const [, percent] = /^(\d+(?:\.\d+)?)%\/[smh]$/.exec(text) ?? [];
  const perS = parseRate(text.replace("%", ""));
  if (perS === undefined || perS <= 0) return undefined;
  return percent === undefined ? { devices: perS } : { share: perS / 100 };
}

const churn = once.transform((text, context) => {
  const parsed = text.split("%").length > 2 ? undefined : parseChurn(text);
  if (parsed !== undefined) return parsed;
  const message = `expected a rate such as 5%/m or 30/m, got "${text}"`;
  context.issues.push({ code: "custom", input: text, message });
  return z.NEVER;
});

const faults = once
  .transform((text) => (text === "none" ? [] : text.split(",")))
  .refine((names) => names.every((name) => FAULT_NAMES.some((known) => known === name)), {
    error: () => `expected none, or some of ${FAULT_NAMES.join(", ")}`,
  });

const limit = once.transform((text, context): Limit => {
  const [size = "", unit, ...more] = text.split("/");
  const bytes = parseSize(size);
  const per = UNITS.find((known) => known === unit);
  if (bytes !== undefined && bytes > 0 && per !== undefined && more.length === 0)
    return { bytes, per };
  const message = `expected a size such as 2KiB/device-hour or 512B/reconnect, got "${text}"`;
  context.issues.push({ code: "custom", input: text, message });
  return z.NEVER;
});

/** Fewer say nothing about a slope. */
export const LOOKS_MIN = 8;

const flags = z
  .strictObject({
    devices: whole(1, 100_000),
    duration,
    "warm-up": duration,
    interval: duration,
    churn,
    away: duration,
    "telemetry-interval": duration,
    faults,
    limit,
    "plant-leak": z.boolean(),
    workers: whole(1, 1_000).optional(),
    "heap-snapshots": once.optional(),
    json: once.optional(),
    out: once.optional(),
  })
  .superRefine(({ duration: all, "warm-up": warmUp, interval }, context) => {
    if (all > warmUp && interval > 0) return;
    context.addIssue({
      code: "custom",
      path: ["duration"],
      message: `expected at least ${LOOKS_MIN} intervals after the warm-up: a slope needs as many looks`,
    });
  });

const text = (value?: string) =>
  value === undefined
    ? ({ type: "string" } as const)
    : ({ type: "string", default: value } as const);

/**
 * The command line of a soak; undefined = it asks for help.
 *
 * @throws {FleetError} `USAGE` with every problem at its flag
 */
export function readSoakOptions(args: readonly string[]): SoakOptions | undefined {
  const { help, ...given } = readArguments(args);
  if (help) return undefined;
  const read = parseFlags(flags, given, "npm run soak --");
  return {
    devices: read.devices,
    durationMs: read.duration,
    warmUpMs: read["warm-up"],
    intervalMs: read.interval,
    churnPerS: "share" in read.churn ? read.churn.share * read.devices : read.churn.devices,
    awayMs: read.away,
    telemetryMs: read["telemetry-interval"],
    faults: read.faults,
    limit: read.limit,
    leakBytes: read["plant-leak"] ? PLANTED_BYTES : undefined,
    workers: read.workers,
    heapSnapshots: read["heap-snapshots"],
    json: read.json,
    out: read.out,
  };
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        devices: text("500"),
        duration: text("20m"),
        "warm-up": text("3m"),
        interval: text("20s"),
        churn: text("5%/m"),
        away: text("5s"),
        "telemetry-interval": text("10s"),
        faults: text("serverError,networkLatency,blackHole"),
        limit: text("2KiB/device-hour"),
        "plant-leak": { type: "boolean", default: false },
        workers: text(),
        "heap-snapshots": text(),
        json: text(),
        out: text(),
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    // Whatever it has to say is about the command line.
    const message = error instanceof Error ? error.message : String(error);
    throw new FleetError("USAGE", message, { hint: "see npm run soak -- --help" });
  }
}
