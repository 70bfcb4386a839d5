import type { Argv } from "yargs";
import { z } from "zod";

import { FleetError } from "../../base/errors.ts";
import { askedRate } from "../../control/control-request.ts";
import { commonFields, commonOptions } from "../common-flags.ts";
import { once } from "../flag-fields.ts";
import { parseFlags } from "../parse-flags.ts";

/** What every action of `ctl` takes. */
export interface CtlFlags {
  /** Folder of the run, as written; undefined = the one that is going on. */
  readonly run?: string | undefined;
  readonly json: boolean;
}

const fields = { ...commonFields, run: once.optional() };

/** Adds the options of every action. */
export const ctlOptions = <T>(yargs: Argv<T>): Argv<T> =>
  commonOptions(yargs).option("run", {
    type: "string",
    requiresArg: true,
    describe: "folder of the run",
    defaultDescription: "the one that is going on under runs/",
  });

/** @throws {FleetError} `USAGE` with every problem at its flag */
export const parseCtlFlags = (action: string, given: unknown): CtlFlags =>
  parseFlags(z.object(fields), given, `ctl ${action}`);

/** Adds the options of `ctl rate`. */
export const rateOptions = <T>(yargs: Argv<T>): Argv<T> =>
  ctlOptions(yargs).option("arrival", {
    type: "string",
    requiresArg: true,
    describe: "how fast the devices to come start, such as 20/s, whatever the scenario says",
  });

const rateFlags = z.object({ ...fields, arrival: once.pipe(askedRate).optional() });

/** @throws {FleetError} `USAGE` with every problem at its flag */
export function parseRateFlags(given: unknown): CtlFlags & { readonly arrival: string } {
  const { arrival, ...flags } = parseFlags(rateFlags, given, "ctl rate");
  if (arrival !== undefined) return { ...flags, arrival };
  throw new FleetError("USAGE", "the command line is wrong", {
    problems: [{ place: "ctl rate", message: "expected --arrival, got nothing to change" }],
    hint: "see ctl rate --help",
  });
}
