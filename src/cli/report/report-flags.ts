import type { Argv } from "yargs";
import { z } from "zod";

import { once, onOff } from "../flag-fields.ts";
import { parseFlags } from "../parse-flags.ts";

const reportFlags = z.object({
  run: z
    .string({
      error: ({ input }) =>
        `expected the folder of a run, got ${input === undefined ? "nothing" : "several"}`,
    })
    .min(1, "expected the folder of a run, got an empty name"),
  out: once.min(1, "expected a folder, got an empty name").optional(),
  json: onOff.default(false),
});

export type ReportFlags = z.output<typeof reportFlags>;

const OWN = ["run", "out", "json"];

/** Adds what `report` itself knows. */
export function reportOptions(yargs: Argv): Argv {
  const own = yargs
    .positional("run", { type: "string", describe: "folder of the run" })
    .option("out", {
      type: "string",
      requiresArg: true,
      describe: "folder for the files; default: that of the run, whose files are replaced",
    })
    .option("json", { type: "boolean", describe: "print the summary as JSON" });
  // yargs would hand these down to the commands below.
  for (const name of OWN) own.option(name, { global: false });
  return own;
}

/** @throws {FleetError} `USAGE` with every problem at its flag */
export const parseReportFlags = (given: unknown): ReportFlags =>
  parseFlags(reportFlags, given, "report", { run: "RUN" });
