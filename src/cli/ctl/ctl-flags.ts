import type { Argv } from "yargs";
import { z } from "zod";

import type { Json } from "../../base/json.ts";
import { askedInterval, askedRate } from "../../control/control-request.ts";
import { commonFields, commonOptions } from "../common-flags.ts";
import { once, onOff, whole } from "../flag-fields.ts";
import { parseFlags } from "../parse-flags.ts";

/** What every action of `ctl` takes. */
export interface CtlFlags {
  /** Folder of the run, as written; undefined = the one that is going on. */
  readonly run?: string | undefined;
  readonly json: boolean;
}

const fields = { ...commonFields, run: once.optional() };

const aText = (describe: string) => ({ type: "string", requiresArg: true, describe }) as const;

/** Adds the options of every action. */
export const ctlOptions = <T>(yargs: Argv<T>): Argv<T> =>
  commonOptions(yargs).option("run", {
    ...aText("folder of the run"),
    defaultDescription: "the one that is going on under runs/",
  });

/** Adds `--devices`, which picks devices as a scenario's timeline does. */
const devicesOption = <T>(yargs: Argv<T>): Argv<T> =>
  yargs.option("devices", {
    type: "array",
    string: true,
    requiresArg: true,
    describe:
      'id, cave-*, 20%, 5, 20% of cave-*, or JSON such as {"model": "conveyor"}; repeatable',
  });

/** JSON where a text begins as such, else the text itself. */
const devices = z.array(z.string()).transform((texts, context): Json => {
  const parts = texts.map((text): Json => {
    if (!/^\s*[{[]/.test(text)) return text;
    try {
      return z.json().parse(JSON.parse(text));
    } catch {
      context.addIssue(`expected JSON, got ${text}`);
      return z.NEVER;
    }
  });
  return parts.length === 1 ? (parts[0] ?? null) : parts;
});

/** @throws {FleetError} `USAGE` with every problem at its flag */
export const parseCtlFlags = (action: string, given: unknown): CtlFlags =>
  parseFlags(z.object(fields), given, `ctl ${action}`);

/** Adds the options of `ctl rate`. */
export const rateOptions = <T>(yargs: Argv<T>): Argv<T> =>
  devicesOption(ctlOptions(yargs))
    .option(
      "arrival",
      aText("how fast the devices to come start, such as 20/s, whatever the scenario says"),
    )
    .option("telemetry", aText("how often devices send, such as 2s"));

const rateFlags = z
  .object({
    ...fields,
    arrival: once.pipe(askedRate).optional(),
    telemetry: once.pipe(askedInterval).optional(),
    devices: devices.optional(),
  })
  .superRefine(({ arrival, telemetry, devices: picked }, context) => {
    const tell = (path: string, message: string): void =>
      context.addIssue({ code: "custom", path: [path], message });
    if (telemetry !== undefined) return;
    if (arrival === undefined) tell("arrival", "expected it or --telemetry, got nothing to change");
    if (picked !== undefined) tell("devices", "expected --telemetry, which it is for, beside it");
  });

/** @throws {FleetError} `USAGE` with every problem at its flag */
export const parseRateFlags = (given: unknown): z.output<typeof rateFlags> =>
  parseFlags(rateFlags, given, "ctl rate");

/** Adds the options of `ctl scale`. */
export const scaleOptions = <T>(yargs: Argv<T>): Argv<T> =>
  ctlOptions(yargs)
    .positional("count", { type: "string", describe: "devices that are to be on" })
    .option("rate", {
      ...aText("how fast devices come back, such as 20/s"),
      defaultDescription: "that of the arrival",
    })
    .option("no-wait", { type: "boolean", describe: "do not wait until it is so" });

const scaleFlags = z.object({
  ...fields,
  count: whole(0, 10_000_000),
  rate: once.pipe(askedRate).optional(),
  noWait: onOff.default(false),
});

/** @throws {FleetError} `USAGE` with every problem at its flag */
export const parseScaleFlags = (given: unknown): z.output<typeof scaleFlags> =>
  parseFlags(scaleFlags, given, "ctl scale", { count: "COUNT" });

/** Adds the options of `ctl twin`. */
export const twinOptions = <T>(yargs: Argv<T>): Argv<T> =>
  devicesOption(ctlOptions(yargs))
    .option("desired", aText("desired properties as JSON, or @FILE"))
    .option("mode", aText("merge or replace"));

const needed = { error: "expected it, got none" };

const twinFlags = z.object({
  ...fields,
  devices: z.array(z.string(), needed).pipe(devices),
  desired: z.string(needed).pipe(once),
  mode: once.optional(),
});

/** @throws {FleetError} `USAGE` with every problem at its flag */
export const parseTwinFlags = (given: unknown): z.output<typeof twinFlags> =>
  parseFlags(twinFlags, given, "ctl twin");

/** Adds the options of `ctl fault`. */
export const faultOptions = <T>(yargs: Argv<T>): Argv<T> =>
  devicesOption(ctlOptions(yargs))
    .positional("kind", { type: "string", describe: "kind of fault" })
    .option("for", {
      ...aText("how long it lasts, such as 30s"),
      defaultDescription: "to the end",
    })
    .option("parameters", aText("parameters of its kind as JSON, or @FILE"))
    .option("name", aText("name by which --end knows a fault of services or networks"))
    .option("end", aText("in place of all else: the name of the fault that ends"));

const faultFlags = z.object({
  ...fields,
  kind: once.optional(),
  devices: devices.optional(),
  for: once.optional(),
  parameters: once.optional(),
  name: once.optional(),
  end: once.optional(),
});

/** @throws {FleetError} `USAGE` with every problem at its flag */
export const parseFaultFlags = (given: unknown): z.output<typeof faultFlags> =>
  parseFlags(faultFlags, given, "ctl fault", { kind: "KIND" });

/** Adds the options of `ctl act`. */
export const actOptions = <T>(yargs: Argv<T>): Argv<T> =>
  ctlOptions(yargs).positional("action", {
    type: "string",
    describe: "entry of a timeline without a time, as JSON, or @FILE",
  });

const actFlags = z.object({ ...fields, action: once });

/** @throws {FleetError} `USAGE` with every problem at its flag */
export const parseActFlags = (given: unknown): z.output<typeof actFlags> =>
  parseFlags(actFlags, given, "ctl act", { action: "ACTION" });
