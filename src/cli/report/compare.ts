import { resolve } from "node:path";

import type { Argv } from "yargs";
import { z } from "zod";

import { EXIT_CODES } from "../../base/errors.ts";
import type { RecordedRun } from "../../report/recorded-run.ts";
import { parseChangeThreshold } from "../../report/compare/change-threshold.ts";
import { once, onOff } from "../flag-fields.ts";
import type { Host } from "../host.ts";
import { parseFlags } from "../parse-flags.ts";

const run = once.min(1, "expected the folder of a run, got an empty name");

const change = z.string().transform((text, context) => {
  const parsed = parseChangeThreshold(text);
  if ("threshold" in parsed) return parsed.threshold;
  context.addIssue({ code: "custom", message: parsed.problem });
  return z.NEVER;
});

const compareFlags = z.object({
  first: run,
  second: run,
  threshold: z.array(change).default([]),
  json: onOff.default(false),
});

/** Adds the options of `report compare`. */
export const compareOptions = (yargs: Argv): Argv =>
  yargs
    .positional("first", { type: "string", describe: "folder of the run to compare with" })
    .positional("second", { type: "string", describe: "folder of the other run" })
    .option("threshold", {
      type: "string",
      array: true,
      requiresArg: true,
      describe: "how much a metric may change, such as 'registration_ms p(95) < +10%'; repeatable",
    })
    .option("json", { type: "boolean", describe: "print JSON" });

export const COMPARE_EPILOGUE = `Examples:
  $0 report compare runs/before runs/after
  $0 report compare runs/before runs/after --threshold 'registration_ms p(95) <= +10%'
  $0 report compare main branch --threshold 'telemetry_acked > -1%' --json

A change is that of the second run, in percent of the first. It ends 99 where a
threshold fails, 2 where a run cannot be read, else 0.`;

/** Compares two runs and ends the command. */
export async function runCompare(given: unknown, host: Host): Promise<void> {
  const flags = parseFlags(compareFlags, given, "report compare", {
    first: "FIRST",
    second: "SECOND",
  });
  const { first, second, threshold, json } = flags;
  const [{ readRecordedRun }, { compareRecorded }, text, { paint }] = await Promise.all([
    import("../../report/recorded-run.ts"),
    import("../../report/compare/compare-recorded.ts"),
    import("../../report/compare/compare-text.ts"),
    import("../../output/terminal-text.ts"),
  ]);
  const read = (shown: string): Promise<RecordedRun> =>
    readRecordedRun(resolve(host.cwd, shown), shown);
  const comparison = compareRecorded(await read(first), await read(second), threshold);
  if (comparison.thresholds.some(({ passed }) => passed === false)) {
    host.setExitCode(EXIT_CODES.THRESHOLD_FAILED);
  }
  if (json) {
    host.stdout.write(`${JSON.stringify(comparison)}\n`);
    return;
  }
  const colour = host.stdout.isTTY === true && !host.env["NO_COLOR"];
  host.stdout.write(text.comparisonText(comparison, [first, second], paint(colour)));
}
