/** What was measured after so many cycles. */
export interface Point {
  readonly cycle: number;
  readonly value: number;
}

/**
 * The slope of a line through the points: the median of the slopes between all pairs of them, so that up to a third of
 * the points may be off without moving it much.
 * Source: P. K. Sen (1968), J. Am. Stat. Assoc. 63(324), 1379; H. Theil (1950).
 *
 * @param points at least two, with cycles that differ
 */
export function theilSen(points: readonly Point[]): number {
  const slopes = points.flatMap((a, at) =>
    points
      .slice(at + 1)
      .filter((b) => b.cycle !== a.cycle)
      .map((b) => (b.value - a.value) / (b.cycle - a.cycle)),
  );
  return median(slopes);
}

/**
 * What a process holds more and more of, told as text; empty where it holds its measure.
 *
 * @param series by name, after warm-up
 * @param perCycleMax the steepest slope that is no growth, by the same names
 */
export function growthIn<K extends string>(
  series: Readonly<Record<NoInfer<K>, readonly Point[]>>,
  perCycleMax: Readonly<Record<K, number>>,
): readonly string[] {
  const names = Object.keys(perCycleMax) as K[]; // oxlint-disable-line no-unsafe-type-assertion -- its keys are K
  return names
    .map((name) => ({ name, slope: theilSen(series[name]) }))
    .filter(({ name, slope }) => !(slope <= perCycleMax[name]))
    .map(({ name, slope }) => `${name} grows by ${slope.toFixed(1)} a cycle`);
}

/** The members of two counts that differ, as `name: before -> after`. */
export function changedCounts(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .filter((name) => (before[name] ?? 0) !== (after[name] ?? 0))
    .toSorted()
    .map((name) => `${name}: ${before[name] ?? 0} -> ${after[name] ?? 0}`);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  if (upper === undefined || lower === undefined) throw new RangeError("expected two cycles");
  return (lower + upper) / 2;
}
