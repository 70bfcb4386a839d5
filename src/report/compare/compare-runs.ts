import { METRICS, metricInfo } from "../../metrics/catalog.ts";
import type { Statistic } from "../../metrics/threshold-expression.ts";
import type { ThresholdView } from "../../metrics/thresholds.ts";
import { readMeasured } from "../../metrics/thresholds.ts";
import { changeOf } from "./change.ts";

/** One number of two runs. */
export interface ComparedNumber {
  /** Name in the catalogue of metrics. */
  readonly metric: string;
  /** As thresholds write it: `p(95)`, `count`; empty for the number of a counter itself. */
  readonly statistic: string;
  readonly unit: "ms" | "bytes" | "1";
  /** null = not measured in that run, or no sample. */
  readonly a: number | null;
  readonly b: number | null;
  /** As a part of `a`; infinite where it came from nothing, null where one is not known. */
  readonly change: number | null;
}

const OF_LATENCIES: readonly (readonly [string, Statistic])[] = [
  ["count", { type: "count" }],
  ["p(50)", { type: "percentile", percentile: 50 }],
  ["p(95)", { type: "percentile", percentile: 95 }],
  ["p(99)", { type: "percentile", percentile: 99 }],
  ["max", { type: "max" }],
];
const OF_OTHERS: readonly (readonly [string, Statistic])[] = [["", { type: "value" }]];

/** Every metric of the catalogue over the whole fleet, in its order; what neither run has is left out. */
export function compareRuns(a: ThresholdView, b: ThresholdView): readonly ComparedNumber[] {
  return Object.keys(METRICS).flatMap((metric) => {
    const info = metricInfo(metric);
    if (info === undefined) return [];
    const statistics = info.kind === "histogram" ? OF_LATENCIES : OF_OTHERS;
    return statistics.flatMap(([statistic, of]) => {
      const [first, second] = [a, b].map((run) => numberIn(run, metric, of));
      const [before, after] = [first ?? null, second ?? null];
      if (isNothing(before) && isNothing(after)) return [];
      const change = changeOf(before, after);
      return [{ metric, statistic, unit: info.unit, a: before, b: after, change }];
    });
  });
}

const isNothing = (value: number | null): boolean => value === null || value === 0;

function numberIn(run: ThresholdView, metric: string, statistic: Statistic): number | null {
  const reading = readMeasured({ metric, labels: {}, statistic }, run);
  return reading === "unmeasurable" ? null : reading;
}
