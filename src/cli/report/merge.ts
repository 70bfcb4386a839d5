import { join, resolve } from "node:path";

import type { Argv } from "yargs";
import { z } from "zod";

import { formatFleetError } from "../../base/fleet-error-text.ts";
import { once, onOff } from "../flag-fields.ts";
import type { Host } from "../host.ts";
import { parseFlags } from "../parse-flags.ts";
import { resultsText } from "../run/results-text.ts";

const mergeFlags = z.object({
  dirs: z.array(z.string().min(1, "expected the folder of a run, got an empty name")),
  out: once.min(1, "expected a folder, got an empty name").optional(),
  partial: onOff.default(false),
  json: onOff.default(false),
});

/** Adds the options of `report merge`. */
export const mergeOptions = (yargs: Argv): Argv =>
  yargs
    .positional("dirs", {
      type: "string",
      array: true,
      describe: "folders of the parts, in any order",
    })
    .option("out", {
      type: "string",
      requiresArg: true,
      describe:
        "folder for the results; default: one in runs/ that is named as the run of all parts",
    })
    .option("partial", { type: "boolean", describe: "judge the parts that are there" })
    .option("json", {
      type: "boolean",
      describe: "print summary.json on stdout, and nothing else there",
    });

export const MERGE_EPILOGUE = `Examples:
  $0 report merge part-1 part-2 part-3 part-4 --out whole
  $0 report merge parts/* --json

Makes one run of the parts that run --shard 1/N to N/N left: its files, its
verdict and its exit code are those of a run of the whole plan.`;

/** Merges the parts of a plan and ends the command. @returns the exit code of the whole */
export async function runMerge(given: unknown, host: Host): Promise<number> {
  const { dirs, out, partial, json } = parseFlags(mergeFlags, given, "report merge", {
    dirs: "DIR",
  });
  const [{ mergeRuns }, { mergeNotes }, { TerminalLines }, { tellGitHub }] = await Promise.all([
    import("../../report/merge/merge-runs.ts"),
    import("../../report/merge/merge-notes.ts"),
    import("../../output/terminal.ts"),
    import("../../run/tell-github.ts"),
  ]);
  const { parts, results, outDir } = await mergeRuns(
    dirs.map((shown) => ({ dir: resolve(host.cwd, shown), shown })),
    { partial, outDir: (runId) => resolve(host.cwd, out ?? join("runs", runId)) },
  );
  const screen = json ? host.stderr : host.stdout;
  const colour = screen.isTTY === true && !host.env["NO_COLOR"];
  const lines = new TerminalLines(screen, { colour, nowMs: () => performance.now() });
  for (const note of mergeNotes(parts)) lines.warning(note);
  const { summary, exitCode, failure } = results;
  lines.emit({ type: "summary", t: summary.run.durationS * 1_000, summary });
  await tellGitHub(results, { env: host.env, cwd: host.cwd, console: lines });
  screen.write(resultsText(host, outDir));
  if (json) host.stdout.write(`${JSON.stringify(summary)}\n`);
  if (failure !== undefined) host.stderr.write(formatFleetError(failure));
  return exitCode;
}
