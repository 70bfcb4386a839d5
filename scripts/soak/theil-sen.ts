/** What was measured at a place on the axis: a time, or a number of cycles. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

/** A slope, with the interval that holds the true one in 95 % of all series whose noise is independent. */
export interface Slope {
  readonly slope: number;
  /** -Infinity and Infinity where there are too few points to say. */
  readonly low: number;
  readonly high: number;
}

/** The 97.5th percentile of the normal distribution. */
const Z = 1.959964;

/**
 * The slope of a line through the points: the median of the slopes between all pairs of them, so that up to 29 % of
 * the points may be anywhere without moving it much. Its interval takes the pairs' slopes by rank and asks nothing of
 * the noise but that it is independent.
 * Source: H. Theil (1950); P. K. Sen (1968), J. Am. Stat. Assoc. 63(324), 1379, for the interval too.
 *
 * @throws {RangeError} where no two points are at different places
 */
export function theilSen(points: readonly Point[]): Slope {
  const slopes = points
    .flatMap((a, index) =>
      points
        .slice(index + 1)
        .filter((b) => b.at !== a.at)
        .map((b) => (b.value - a.value) / (b.at - a.at)),
    )
    .toSorted((a, b) => a - b);
  const n = points.length;
  // Kendall's S of n points without a trend has this standard deviation.
  const spread = Z * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const below = Math.floor((slopes.length - spread) / 2) - 1;
  const above = Math.ceil((slopes.length + spread) / 2);
  return {
    slope: medianOf(slopes),
    low: slopes[below] ?? -Infinity,
    high: slopes[above] ?? Infinity,
  };
}

function medianOf(sorted: readonly number[]): number {
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  if (upper === undefined || lower === undefined)
    throw new RangeError("expected points at two places");
  return (lower + upper) / 2;
}
