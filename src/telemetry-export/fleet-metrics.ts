import type { HrTime } from "@opentelemetry/api";
import { ValueType } from "@opentelemetry/api";
import type { DataPoint, Histogram, MetricData } from "@opentelemetry/sdk-metrics";
import { AggregationTemporality, DataPointType } from "@opentelemetry/sdk-metrics";
import type { Aggregate } from "../metrics/aggregate.ts";
import type { CounterName } from "../metrics/catalog.ts";
import { isCounterName, isHistogramName, METRICS } from "../metrics/catalog.ts";
import type { LatencyHistogram } from "../metrics/histogram.ts";
import type { MetricInfo } from "../metrics/metric-info.ts";
import type { Labelled } from "../metrics/series-map.ts";
import type { ThresholdView } from "../metrics/thresholds.ts";
import { numberOf } from "../metrics/thresholds.ts";
import type { ExportedMetric } from "./exported-metric.ts";
import { DEVICES_NOW, exportedMetric } from "./exported-metric.ts";

/** Upper edges of the buckets of every histogram, in ms: from a handshake on one machine to a long queue before DPS. */
export const BUCKET_EDGES_MS: readonly number[] = [
  1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000,
  1_800_000,
];

/** From when to when values are, in ms since 1970. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** A metric's values by their labels. */
type Series =
  | { readonly type: "counter" | "gauge"; readonly points: readonly Labelled<number>[] }
  | { readonly type: "histogram"; readonly points: readonly Labelled<Histogram>[] };

/** The fleet as it is now, as OpenTelemetry's SDK has metrics: totals since the start; pure. */
export function fleetMetrics(view: ThresholdView, span: Span): MetricData[] {
  const catalogue: readonly [string, MetricInfo][] = Object.entries(METRICS);
  return [
    ...catalogue.map(([name, info]) => {
      const metric = exportedMetric(name, info);
      return dataOf(metric, seriesOf(name, metric, view), span);
    }),
    dataOf(DEVICES_NOW, { type: "gauge", points: devicesNow(view.aggregate) }, span),
  ].filter(({ dataPoints }) => dataPoints.length > 0);
}

function seriesOf(name: string, { factor }: ExportedMetric, view: ThresholdView): Series {
  const { aggregate } = view;
  if (isHistogramName(name)) {
    const points = aggregate.histogramSeries(name);
    return { type: "histogram", points: points.map((point) => bucketed(point, factor)) };
  }
  const points = isCounterName(name) ? counted(aggregate, name) : derived(name, view);
  return {
    type: isCounterName(name) ? "counter" : "gauge",
    points: points.map(({ labels, value }) => ({ labels, value: value * factor })),
  };
}

/** What never happened is 0, so that rates and sums of it are there from the first scrape on. */
function counted(aggregate: Aggregate, name: CounterName): readonly Labelled<number>[] {
  const points = aggregate.counterSeries(name);
  return points.length > 0 ? points : [{ labels: {}, value: 0 }];
}

function bucketed(
  { labels, value }: Labelled<LatencyHistogram>,
  factor: number,
): Labelled<Histogram> {
  const upTo = [...value.countsUpTo(BUCKET_EDGES_MS), value.count];
  return {
    labels,
    value: {
      count: value.count,
      sum: value.sumMs * factor,
      buckets: {
        boundaries: BUCKET_EDGES_MS.map((edgeMs) => edgeMs * factor),
        counts: upTo.map((count, at) => count - (upTo[at - 1] ?? 0)),
      },
    },
  };
}

/** Over the whole fleet; by alert where there are alerts. What this run cannot measure, or not yet, is left out. */
function derived(name: string, view: ThresholdView): Labelled<number>[] {
  const isByAlert = name === "alerts_active" || name === "devices_alerted";
  const parts = isByAlert ? view.aggregate.alerts.names.map((alert) => ({ alert })) : [{}];
  return parts.flatMap((labels) => {
    const value = numberOf(name, labels, view);
    return typeof value === "number" ? [{ labels, value }] : [];
  });
}

/** Every state of every hub, those of no device too: a series that ends would look like a scrape that failed. */
function devicesNow(aggregate: Aggregate): Labelled<number>[] {
  const states = Object.keys(aggregate.states());
  const hubs = new Map<string, Map<string, number>>([["", new Map()]]);
  for (const { hub, state } of aggregate.rows()) {
    const counts = hubs.get(hub) ?? new Map<string, number>();
    hubs.set(hub, counts.set(state, (counts.get(state) ?? 0) + 1));
  }
  return [...hubs].flatMap(([hub, counts]) =>
    states.map((state) => ({
      labels: hub === "" ? { state } : { state, hub },
      value: counts.get(state) ?? 0,
    })),
  );
}

function dataOf({ name, help, unit }: ExportedMetric, series: Series, span: Span): MetricData {
  const descriptor = { name, description: help, unit, valueType: ValueType.DOUBLE };
  const shared = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE };
  switch (series.type) {
    case "counter": {
      const dataPoints = pointsOf(series.points, span);
      return { ...shared, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints };
    }
    case "gauge":
      return {
        ...shared,
        dataPointType: DataPointType.GAUGE,
        dataPoints: pointsOf(series.points, span),
      };
    case "histogram":
      return {
        ...shared,
        dataPointType: DataPointType.HISTOGRAM,
        dataPoints: pointsOf(series.points, span),
      };
    default:
      return series satisfies never;
  }
}

function pointsOf<Value>(
  points: readonly Labelled<Value>[],
  { startMs, endMs }: Span,
): DataPoint<Value>[] {
  const times = { startTime: hrTime(startMs), endTime: hrTime(endMs) };
  return points.map(({ labels, value }) => ({ ...times, attributes: { ...labels }, value }));
}

/** Seconds and nanoseconds. */
function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1e6)];
}
