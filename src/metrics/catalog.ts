import { COUNTERS } from "./counters.ts";
import { DERIVED } from "./derived.ts";
import { LATENCIES } from "./latencies.ts";
import type { MetricInfo } from "./metric-info.ts";

/** Every metric there is; `docs/metrics.md` is written from it. */
export const METRICS = { ...LATENCIES, ...COUNTERS, ...DERIVED } as const;

export type MetricName = keyof typeof METRICS;
type NameOf<Kind extends MetricInfo["kind"]> = {
  [Name in MetricName]: (typeof METRICS)[Name]["kind"] extends Kind ? Name : never;
}[MetricName];
export type HistogramName = NameOf<"histogram">;
export type CounterName = NameOf<"counter">;

/** @returns what the catalogue says of `name`, or `undefined` if there is no such metric */
export function metricInfo(name: string): MetricInfo | undefined {
  return Object.hasOwn(METRICS, name) ? TABLE[name] : undefined;
}

export function isHistogramName(name: string): name is HistogramName {
  return metricInfo(name)?.kind === "histogram";
}

export function isCounterName(name: string): name is CounterName {
  return metricInfo(name)?.kind === "counter";
}

const TABLE: Readonly<Record<string, MetricInfo>> = METRICS;
