import type { ThresholdResult } from "../../output/summary.ts";
import type { Paint } from "../../output/terminal-text.ts";
import { formatMs } from "../../output/format-ms.ts";
import { textTable } from "../../output/text-table.ts";
import type { Comparison } from "./compare-recorded.ts";
import type { ComparedNumber } from "./compare-runs.ts";

/** A change as people write it: `+12.3 %`, `no change`, `new`, `gone`. */
export function changeText({ a, b, change }: ComparedNumber): string {
  if (change === 0) return "no change";
  if (a === null || b === null) return a === null ? "new" : "gone";
  if (change === null || !Number.isFinite(change)) return "new";
  const percent = Math.abs(100 * change);
  const sign = change < 0 ? "-" : "+";
  return percent < 0.05 ? `${sign}<0.1 %` : `${sign}${percent.toFixed(1)} %`;
}

const show = (value: number | null, unit: ComparedNumber["unit"]): string =>
  unit === "ms" ? formatMs(value) : value === null ? "-" : String(value);

/** The numbers of two runs side by side. @param names of the two */
function compareTable(
  numbers: readonly ComparedNumber[],
  names: readonly [string, string],
): string {
  return textTable(
    ["metric", ...names, "change"],
    numbers.map((number) => [
      `${number.metric} ${number.statistic}`.trim(),
      number.statistic === "count" ? String(number.a ?? "-") : show(number.a, number.unit),
      number.statistic === "count" ? String(number.b ?? "-") : show(number.b, number.unit),
      changeText(number),
    ]),
  );
}

/** A threshold on the change with tick or cross. */
function changeLine({ expression, observed, passed }: ThresholdResult, ink: Paint): string {
  const found =
    observed === null
      ? passed === null
        ? "one of the runs did not measure it"
        : "no share: one of the runs has none"
      : `changed by ${observed.toFixed(1)} %`;
  if (passed === null) return `  ? ${expression}  ${found}`;
  return passed ? ink.good(`  ✓ ${expression}  ${found}`) : ink.bad(`  ✗ ${expression}  ${found}`);
}

/** All of a comparison, for people. @param names of the two runs */
export function comparisonText(
  { unlike, numbers, thresholds }: Comparison,
  names: readonly [string, string],
  ink: Paint,
): string {
  const same = numbers.every(({ change }) => change === 0);
  return [
    ...unlike.map((difference) => `${ink.bad("!")} not alike: ${difference}\n`),
    compareTable(numbers, names),
    same ? "\nno change\n" : "",
    thresholds.length === 0 ? "" : "\n",
    ...thresholds.map((result) => `${changeLine(result, ink)}\n`),
  ].join("");
}
