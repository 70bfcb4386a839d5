import type { ThresholdResult } from "../../output/summary.ts";
import { printable } from "../../output/text-width.ts";
import { thresholdView } from "../../results/threshold-view.ts";
import type { RecordedRun } from "../recorded-run.ts";
import type { ChangeThreshold } from "./change-threshold.ts";
import { judgeChange } from "./change-threshold.ts";
import type { ComparedNumber } from "./compare-runs.ts";
import { compareRuns } from "./compare-runs.ts";

/** Two runs side by side. */
export interface Comparison {
  /** What keeps the two from being like with like: other scenarios, devices, targets; a record that ends early. */
  readonly unlike: readonly string[];
  readonly numbers: readonly ComparedNumber[];
  readonly thresholds: readonly ThresholdResult[];
}

/** Compares what two runs measured, and judges how much it changed; pure. */
export function compareRecorded(
  a: RecordedRun,
  b: RecordedRun,
  thresholds: readonly ChangeThreshold[],
): Comparison {
  const [before, after] = [thresholdView(a.facts), thresholdView(b.facts)];
  return {
    unlike: unlikeness(a, b),
    numbers: compareRuns(before, after),
    thresholds: thresholds.map((threshold) => judgeChange(threshold, before, after)),
  };
}

/** What of the plan is told where it differs. */
const ALIKE = [
  "scenario",
  "target",
  "devices",
  "durationMs",
  "seed",
  "workers",
  "version",
] as const;

function unlikeness(a: RecordedRun, b: RecordedRun): readonly string[] {
  const other = ALIKE.filter((key) => a.plan[key] !== b.plan[key]).map((key) =>
    printable(`${key} ${a.plan[key] ?? "none"} and ${b.plan[key] ?? "none"}`),
  );
  const verdicts = [a, b].map(({ isWhole }) => isWhole);
  const early = ["first", "second"].filter((_, index) => verdicts[index] === false);
  return [...other, ...early.map((which) => `the record of the ${which} ends early`)];
}
