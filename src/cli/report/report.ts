import { resolve } from "node:path";

import type { CommandModule } from "yargs";

import { ENVIRONMENT_HELP } from "../environment.ts";
import type { Host } from "../host.ts";
import { resultsText } from "../run/results-text.ts";
import { COMPARE_EPILOGUE, compareOptions, runCompare } from "./compare.ts";
import { MERGE_EPILOGUE, mergeOptions, runMerge } from "./merge.ts";
import { parseReportFlags, reportOptions } from "./report-flags.ts";

const EPILOGUE = `Examples:
  $0 report runs/2026-11-22T02-37-54Z-thirty-caves
  $0 report runs/2026-11-22T02-37-54Z-thirty-caves --out /tmp/again --json
  $0 report compare runs/before runs/after
  $0 report merge part-1 part-2 --out whole

Makes summary.json, devices.csv, junit.xml and report.html anew from run.ndjson
alone. Of a run that was killed they tell what it had recorded by then, with
verdict interrupted.
It ends 0 whatever the verdict says, and 2 where there is nothing to read.

${ENVIRONMENT_HELP}`;

async function execute(given: unknown, host: Host): Promise<void> {
  const { run, out, json } = parseReportFlags(given);
  const [{ rebuildResults }, { TerminalLines }] = await Promise.all([
    import("../../report/rebuild-results.ts"),
    import("../../output/terminal.ts"),
  ]);
  const dir = resolve(host.cwd, run);
  const outDir = out === undefined ? dir : resolve(host.cwd, out);
  const { results, isWhole } = await rebuildResults({ dir, shown: run, outDir });
  const screen = json ? host.stderr : host.stdout;
  const colour = screen.isTTY === true && !host.env["NO_COLOR"];
  const lines = new TerminalLines(screen, { colour, nowMs: () => performance.now() });
  const { summary } = results;
  const t = summary.run.durationS * 1_000;
  if (!isWhole) {
    const end = `${summary.run.durationS.toFixed(1)} s`;
    lines.warning(`the record ends at ${end}, without an end: what came later is not known`);
  }
  lines.emit({ type: "summary", t, summary });
  screen.write(resultsText(host, outDir));
  if (json) host.stdout.write(`${JSON.stringify(summary)}\n`);
}

/** `dps-fleet report …`: results again, and what is done with those of several runs below it. */
export function reportCommand(host: Host): CommandModule {
  return {
    // Optional for yargs alone: the words below it have none.
    command: "report [run]",
    describe: "make the results of a finished run again from what it recorded",
    builder: (yargs) =>
      reportOptions(yargs)
        .command(compareCommand(host))
        .command(mergeCommand(host))
        .strict()
        .epilogue(EPILOGUE),
    handler: async (given) => {
      await execute(given, host);
    },
  };
}

function compareCommand(host: Host): CommandModule {
  return {
    command: "compare <first> <second>",
    describe: "the difference of two runs, and thresholds on it",
    builder: (yargs) =>
      compareOptions(yargs).strict().epilogue(`${COMPARE_EPILOGUE}\n\n${ENVIRONMENT_HELP}`),
    handler: async (given) => {
      await runCompare(given, host);
    },
  };
}

function mergeCommand(host: Host): CommandModule {
  return {
    command: "merge <dirs..>",
    describe: "one run and one verdict of the parts of a plan",
    builder: (yargs) =>
      mergeOptions(yargs).strict().epilogue(`${MERGE_EPILOGUE}\n\n${ENVIRONMENT_HELP}`),
    handler: async (given) => {
      host.setExitCode(await runMerge(given, host));
    },
  };
}
