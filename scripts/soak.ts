// `npm run soak`: see `SOAK_HELP`.
import { writeFile } from "node:fs/promises";
import { printError } from "../src/cli/print-error.ts";
import { judgeProcess } from "./soak/judge-soak.ts";
import { runSoak } from "./soak/run-soak.ts";
import { readSoakOptions, SOAK_HELP } from "./soak/soak-options.ts";
import { isPassed, soakText } from "./soak/soak-text.ts";

const THRESHOLD_FAILED = 99;
const INTERRUPTED = 130;

const line = (text: string): void => void process.stderr.write(`${text}\n`);

async function soak(args: readonly string[]): Promise<number> {
  const options = readSoakOptions(args);
  if (options === undefined) {
    process.stdout.write(SOAK_HELP);
    return 0;
  }
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());
  const soaked = await runSoak(options, line, stop.signal);
  if (stop.signal.aborted) return INTERRUPTED;
  if (soaked.exitCode !== 0) line(soaked.printedTail);
  if (soaked.series.length === 0) return soaked.exitCode === 0 ? THRESHOLD_FAILED : soaked.exitCode;
  const verdicts = soaked.series.map((series) => judgeProcess(series, options.limit));
  const result = { options, ...soaked, verdicts };
  process.stdout.write(soakText(result));
  if (options.json !== undefined)
    await writeFile(options.json, `${JSON.stringify(result, null, 1)}\n`);
  if (soaked.exitCode !== 0) return soaked.exitCode;
  return isPassed(result) ? 0 : THRESHOLD_FAILED;
}

try {
  process.exitCode = await soak(process.argv.slice(2));
} catch (error) {
  process.exitCode = printError(error, process.stderr);
}
