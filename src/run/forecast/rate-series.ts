/** Something that happens so often in a second of the run; seconds in which nothing changes are left out. */
export interface RateStep {
  /** The second, from 0. */
  readonly second: number;
  readonly perS: number;
}

/** Not falling in time. */
export type RateSeries = readonly RateStep[];

/** How often the fastest second is, and which it is. */
export interface Peak {
  readonly perS: number;
  /** ms after time 0. */
  readonly atMs: number;
}

/** How many of these moments each second has; `weightOf` = what a moment counts. */
export function countedPerSecond<T>(
  moments: readonly T[],
  atMsOf: (moment: T) => number,
  weightOf: (moment: T) => number = () => 1,
): RateSeries {
  const bySecond = new Map<number, number>();
  for (const moment of moments) {
    const second = Math.floor(atMsOf(moment) / 1_000);
    bySecond.set(second, (bySecond.get(second) ?? 0) + weightOf(moment));
  }
  return [...bySecond]
    .map(([second, perS]) => ({ second, perS }))
    .toSorted((a, b) => a.second - b.second);
}

/** What begins at each second and stays: `begins` gives the rate that is added for good. */
export function accumulated(begins: RateSeries): RateSeries {
  let perS = 0;
  return begins.map((step) => {
    perS += step.perS;
    // There in full from the next second on; sums of fractions must not pass a limit by their rounding.
    return { second: step.second + 1, perS: Math.round(perS * 1e6) / 1e6 };
  });
}

/** Both together: what happens once in its second, on top of what goes on. */
export function onTopOf(once: RateSeries, lasting: RateSeries): RateSeries {
  const extra = new Map(once.map(({ second, perS }) => [second, perS]));
  const seconds = new Set([...extra.keys(), ...lasting.map(({ second }) => second)]);
  let level = 0;
  let next = 0;
  return [...seconds]
    .toSorted((a, b) => a - b)
    .map((second) => {
      for (let step = lasting[next]; step && step.second <= second; step = lasting[next]) {
        level = step.perS;
        next += 1;
      }
      return { second, perS: level + (extra.get(second) ?? 0) };
    });
}

/** The first of the fastest seconds; 0 at 0 where nothing happens. */
export function peakOf(series: RateSeries): Peak {
  let peak: Peak = { perS: 0, atMs: 0 };
  for (const { second, perS } of series) {
    if (perS > peak.perS) peak = { perS, atMs: second * 1_000 };
  }
  return peak;
}

/** When the rate first exceeds `perS`, ms after time 0; undefined = never. */
export function firstAboveMs(series: RateSeries, perS: number): number | undefined {
  const step = series.find((one) => one.perS > perS);
  return step === undefined ? undefined : step.second * 1_000;
}
