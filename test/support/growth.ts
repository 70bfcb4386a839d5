import { grownCounts as countsThatGrew } from "../../scripts/soak/judge-soak.ts";
import type { Point } from "../../scripts/soak/theil-sen.ts";
import { theilSen } from "../../scripts/soak/theil-sen.ts";

/**
 * What a process holds more and more of, told as text; empty where it holds its measure.
 *
 * @param series by name, after warm-up, over cycles
 * @param perCycleMax the steepest slope that is no growth, by the same names
 */
export function growthIn<K extends string>(
  series: Readonly<Record<NoInfer<K>, readonly Point[]>>,
  perCycleMax: Readonly<Record<K, number>>,
): readonly string[] {
  const names = Object.keys(perCycleMax) as K[]; // oxlint-disable-line no-unsafe-type-assertion -- its keys are K
  return names
    .map((name) => ({ name, slope: theilSen(series[name]).slope }))
    .filter(({ name, slope }) => !(slope <= perCycleMax[name]))
    .map(({ name, slope }) => `${name} grows by ${slope.toFixed(1)} a cycle`);
}

/** The members of two counts that are higher afterwards, as `name: before -> after`. */
export const grownCounts = (
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): readonly string[] =>
  countsThatGrew(before, after).map(({ name, ...of }) => `${name}: ${of.before} -> ${of.after}`);
