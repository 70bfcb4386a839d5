import type { Aggregate } from "./aggregate.ts";
import type { HistogramName } from "./catalog.ts";
import { isCounterName, isHistogramName, metricInfo } from "./catalog.ts";
import { isDeviceMetric } from "./device-counts.ts";
import { AT_HUB } from "./metric-info.ts";
import type { Labels } from "./metric-key.ts";
import { Cursor, pointed, Stray } from "./cursor.ts";
import type { Measure, Operator, Threshold } from "./threshold-expression.ts";
import { readThreshold } from "./threshold-expression.ts";

/** Where and why an expression is not a threshold; the message ends with the text and a caret under the column. */
export interface ThresholdProblem {
  readonly problem: string;
  /** From 1. */
  readonly column: number;
}

/** Parses `METRIC[{label:value, …}] [count|rate|min|mean|max|p(N)] OP NUMBER[unit|%]`; never throws. */
export function parseThreshold(text: string): { readonly threshold: Threshold } | ThresholdProblem {
  return readExpression(text, readThreshold);
}

/** What `read` makes of a text, or where and why it is none; never throws. @param read throws `Stray` at what is wrong */
export function readExpression<Read>(
  text: string,
  read: (cursor: Cursor) => Read,
): { readonly threshold: Read } | ThresholdProblem {
  try {
    return { threshold: read(new Cursor(text)) };
  } catch (error) {
    if (!(error instanceof Stray)) throw error;
    return { problem: pointed(error.message, text, error.at), column: error.at + 1 };
  }
}

/** What thresholds are held against at the end of a run. */
export interface ThresholdView {
  readonly aggregate: Aggregate;
  /**
   * Derived metrics that the fleet itself does not know: ledger, workers. null = it cannot be measured in this run,
   * undefined = it is none of these.
   */
  readonly extra: (metric: string, labels: Labels) => number | null | undefined;
}

/** One line of the verdict; the shape of `summary.json`. */
export interface ThresholdOutcome {
  readonly expression: string;
  /** In `unit`; null = not measurable here, or no sample. */
  readonly observed: number | null;
  readonly unit: string;
  /** null = not measurable here, decides nothing. */
  readonly passed: boolean | null;
}

/** What cannot be measured has `passed: null`; what can be measured and has no sample fails. */
export function evaluateThreshold(threshold: Threshold, view: ThresholdView): ThresholdOutcome {
  const { expression, unit } = threshold;
  const inPercent = unit === "%" ? 100 : 1;
  const found = readMeasured(threshold, view);
  const reading = typeof found === "number" ? inPercent * found : found;
  if (reading === "unmeasurable") return { expression, unit, observed: null, passed: null };
  const passed = reading !== null && holds(reading, threshold.operator, threshold.limit);
  return { expression, unit, observed: reading, passed };
}

/** null = no sample. */
export type Reading = number | null | "unmeasurable";

/** The number that is meant; a rate is a fraction. */
export function readMeasured(measure: Measure, view: ThresholdView): Reading {
  const { metric, labels, statistic } = measure;
  if (isHistogramName(metric)) {
    if (view.extra(metric, labels) === null) return "unmeasurable";
    return observeHistogram(metric, measure, view.aggregate);
  }
  const value = numberOf(metric, labels, view);
  if (statistic.type !== "rate" || value === "unmeasurable" || value === null) return value;
  const total = totalOf(metric, labels, view);
  if (total === "unmeasurable") return total;
  if (total === 0) return isOfNobody(metric, view) ? "unmeasurable" : null;
  return value / total;
}

function observeHistogram(metric: HistogramName, measure: Measure, fleet: Aggregate): Reading {
  const { labels, statistic } = measure;
  switch (statistic.type) {
    case "percentile":
      return fleet.percentile(metric, statistic.percentile, labels);
    case "count":
    case "min":
    case "mean":
    case "max":
      return fleet.percentiles(metric, labels)[statistic.type];
    case "rate":
    case "value":
      return "unmeasurable";
    default:
      return statistic satisfies never;
  }
}

/** A counter or derived metric as a number. */
export function numberOf(
  metric: string,
  labels: Labels,
  { aggregate, extra }: ThresholdView,
): Reading {
  const given = extra(metric, labels);
  if (given !== undefined) return given ?? "unmeasurable";
  if (isCounterName(metric)) return aggregate.counter(metric, labels);
  if (isDeviceMetric(metric)) return aggregate.devices(metric, labels);
  switch (metric) {
    case "alerts_active":
      return aggregate.alertsActive(labels["alert"], labels);
    case "devices_alerted":
      return aggregate.devicesAlerted(labels["alert"], labels);
    case "connection_attempts_peak":
      return aggregate.peak("connection_attempts", labels);
    case "telemetry_unacked":
      return (
        aggregate.counter("telemetry_sent", labels) -
        aggregate.counter("telemetry_acked", labels) -
        aggregate.counter("telemetry_failed", labels)
      );
    default:
      return "unmeasurable";
  }
}

/** A fleet of which nobody is to be let in has no share of those that were. */
const isOfNobody = (metric: string, { aggregate }: ThresholdView): boolean =>
  isDeviceMetric(metric) && aggregate.devices("devices_to_admit") === 0;

/** The whole is that of the same hub, model and phase, as far as it can be split so. */
function totalOf(metric: string, labels: Labels, view: ThresholdView): number | "unmeasurable" {
  let total = 0;
  for (const part of metricInfo(metric)?.total ?? []) {
    const shared = AT_HUB.filter(
      (label) =>
        metricInfo(part)?.labels.includes(label) &&
        // Which hub a device is to get is not planned: what one hub got is a part of all.
        !(metric === "devices_assigned" && label === "hub"),
    );
    const narrowed = Object.entries(labels).filter(([label]) => shared.some((l) => l === label));
    const value = numberOf(part, Object.fromEntries(narrowed), view);
    if (value === "unmeasurable") return value;
    total += value ?? 0;
  }
  return total;
}

/** Whether `observed OPERATOR limit` is true. */
export function holds(observed: number, operator: Operator, limit: number): boolean {
  switch (operator) {
    case "<":
      return observed < limit;
    case "<=":
      return observed <= limit;
    case ">":
      return observed > limit;
    case ">=":
      return observed >= limit;
    case "==":
      return observed === limit;
    case "!=":
      return observed !== limit;
    default:
      return operator satisfies never;
  }
}
