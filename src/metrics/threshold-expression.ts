import { FAILURE_CLASSES } from "../base/failure.ts";
import { nearest } from "../base/nearest.ts";
import { parseDuration, parseSize } from "../base/units.ts";
import type { LabelName, MetricInfo } from "./metric-info.ts";
import { ATTEMPTED_SERVICES } from "./metric-info.ts";
import { METRICS, metricInfo } from "./catalog.ts";
import type { Cursor } from "./cursor.ts";
import type { Labels } from "./metric-key.ts";

export const OPERATORS = ["<=", ">=", "==", "!=", "<", ">"] as const;
export type Operator = (typeof OPERATORS)[number];

/** What of the metric is compared; `value` is the number of a counter or derived metric itself. */
export type Statistic =
  | { readonly type: "count" | "rate" | "min" | "mean" | "max" | "value" }
  | { readonly type: "percentile"; readonly percentile: number };

/** One number of a run: a metric or a part of it, and what of it. */
export interface Measure {
  readonly metric: string;
  readonly labels: Labels;
  readonly statistic: Statistic;
}

export interface Threshold extends Measure {
  /** As the user wrote it. */
  readonly expression: string;
  /** Where the value of each label begins in it, from 0. */
  readonly labelsAt: Readonly<Record<string, number>>;
  readonly operator: Operator;
  /** In `unit`: durations in ms, sizes in bytes, shares in percent or as a fraction. */
  readonly limit: number;
  readonly unit: "ms" | "bytes" | "%" | "";
}

const STATISTICS = ["count", "rate", "min", "mean", "max"] as const;

/**
 * Reads `METRIC[{label:value, …}] [count|rate|min|mean|max|p(N)] OP NUMBER[unit|%]`.
 *
 * @throws {Stray} at the first thing that cannot stand where it stands
 */
export function readThreshold(cursor: Cursor): Threshold {
  const { info, ...measure } = readMeasure(cursor);
  const operator = readOperator(cursor);
  const { limit, unit } = parseLimit(cursor, measure.metric, info, measure.statistic);
  if (!cursor.atEnd()) cursor.fail("the end");
  const share = unit === "%" && measure.statistic.type === "value";
  return {
    ...measure,
    expression: cursor.text.trim(),
    statistic: share ? { type: "rate" } : measure.statistic,
    operator,
    limit,
    unit,
  };
}

/**
 * Reads `METRIC[{label:value, …}] [count|rate|min|mean|max|p(N)]`.
 *
 * @throws {Stray} at the first thing that cannot stand where it stands
 */
export function readMeasure(
  cursor: Cursor,
): Measure & Pick<Threshold, "labelsAt"> & { readonly info: MetricInfo } {
  const metric = cursor.take(/[a-z_]\w*/iy) ?? cursor.fail("a metric such as registration_ms");
  const info = metricInfo(metric);
  if (info === undefined) {
    const near = nearest(metric, Object.keys(METRICS));
    return cursor.refuse(
      `there is no metric ${metric}${near === undefined ? "" : `; did you mean ${near}?`}`,
    );
  }
  const { labels, labelsAt } = parseLabels(cursor, metric, info);
  return { metric, labels, labelsAt, statistic: parseStatistic(cursor, info), info };
}

/** @throws {Stray} where no operator stands */
export const readOperator = (cursor: Cursor): Operator =>
  OPERATORS.find((sign) => cursor.takeText(sign)) ?? cursor.fail(`one of ${OPERATORS.join(" ")}`);

function parseLabels(
  cursor: Cursor,
  metric: string,
  { labels: has }: MetricInfo,
): Pick<Threshold, "labels" | "labelsAt"> {
  const labels: Record<string, string> = {};
  const labelsAt: Record<string, number> = {};
  if (!cursor.takeText("{")) return { labels, labelsAt };
  const indent = cursor.text.length - cursor.text.trimStart().length;
  do {
    const word = cursor.take(/\w+/y) ?? cursor.fail("a label");
    const label = has.find((one) => one === word) ?? refuseLabel(cursor, metric, word, has);
    if (Object.hasOwn(labels, label)) return cursor.refuse(`${label} stands here twice`);
    if (!cursor.takeText(":")) cursor.fail('":"');
    labels[label] = parseLabelValue(cursor, label);
    labelsAt[label] = cursor.tokenAt - indent;
  } while (cursor.takeText(","));
  if (!cursor.takeText("}")) cursor.fail('"," or "}"');
  return { labels, labelsAt };
}

function refuseLabel(cursor: Cursor, metric: string, word: string, has: readonly string[]): never {
  if (has.length === 0) return cursor.refuse(`${metric} has no labels, got ${word}`);
  const near = nearest(word, has);
  const mend = near === undefined ? "" : `; did you mean ${near}?`;
  return cursor.refuse(`${metric} has the labels ${has.join(", ")}, got ${word}${mend}`);
}

function parseLabelValue(cursor: Cursor, label: LabelName): string {
  const token = cursor.take(/"[^"]*"|[^{},\s"]+/y) ?? cursor.fail(`a value of ${label}`);
  const value = token.startsWith('"') ? token.slice(1, -1) : token;
  const { what, values = [] } = KNOWN_VALUES[label] ?? {};
  if (what === undefined || values.includes(value)) return value;
  const near = nearest(value, values);
  const mend = near === undefined ? "" : `; did you mean ${near}?`;
  return cursor.refuse(`expected ${what} (${values.join(", ")}), got ${value}${mend}`);
}

/** Labels whose values are the same in every run. */
const KNOWN_VALUES: Readonly<
  Partial<Record<LabelName, { readonly what: string; readonly values: readonly string[] }>>
> = {
  class: { what: "a failure class", values: FAILURE_CLASSES },
  service: { what: "a service", values: ATTEMPTED_SERVICES },
};

function parseStatistic(cursor: Cursor, info: MetricInfo): Statistic {
  const word = cursor.take(/[a-z]+/iy);
  if (word === undefined) {
    return info.kind === "histogram"
      ? cursor.fail("one of count, min, mean, max, p(95)")
      : { type: "value" };
  }
  if (word === "p") {
    if (info.kind !== "histogram") return cursor.refuse("only latencies have percentiles");
    if (!cursor.takeText("(")) cursor.fail('"("');
    const percentile = Number(
      cursor.take(/\d+(?:\.\d+)?/y) ?? cursor.fail("a number from 0 to 100"),
    );
    if (percentile > 100) return cursor.refuse(`expected 0 to 100, got ${percentile}`);
    if (!cursor.takeText(")")) cursor.fail('")"');
    return { type: "percentile", percentile };
  }
  const type = STATISTICS.find((known) => known === word);
  if (type === undefined) {
    return cursor.refuse(`expected one of ${STATISTICS.join(", ")}, p(95), got ${word}`);
  }
  if (info.kind === "histogram" && type === "rate") {
    return cursor.refuse("a latency has no rate; use count, min, mean, max or p(95)");
  }
  if (info.kind !== "histogram" && (type === "min" || type === "mean" || type === "max")) {
    return cursor.refuse(`only latencies have a ${type}; use count or rate`);
  }
  if (type === "rate" && info.total === undefined) {
    return cursor.refuse("this metric is not a share of anything, so it has no rate");
  }
  return { type };
}

function parseLimit(
  cursor: Cursor,
  metric: string,
  info: MetricInfo,
  statistic: Statistic,
): { limit: number; unit: Threshold["unit"] } {
  const number = cursor.take(/\d+(?:\.\d+)?/y) ?? cursor.fail("a number >= 0");
  // The suffix follows the number at once, so that `5 s` is not read as 5.
  const suffix = cursor.takeHere(/[a-z%]+/iy) ?? "";
  const value = Number(number);
  if (statistic.type === "rate" || (suffix === "%" && statistic.type === "value")) {
    if (info.total === undefined) {
      return cursor.refuse(`${metric} is not a share of anything, so it has no %`);
    }
    if (suffix !== "%" && suffix !== "") {
      return cursor.refuse(`expected a fraction or %, got ${number}${suffix}`);
    }
    return { limit: value, unit: suffix };
  }
  if (statistic.type === "count" || (info.kind !== "histogram" && info.unit === "1")) {
    return suffix === ""
      ? { limit: value, unit: "" }
      : cursor.refuse(`expected a plain number, got ${number}${suffix}`);
  }
  if (info.unit === "bytes") {
    const bytes = suffix === "" ? value : parseSize(number + suffix);
    return bytes === undefined
      ? cursor.refuse(`expected a size such as 4KiB, got ${number}${suffix}`)
      : { limit: bytes, unit: "bytes" };
  }
  const ms = suffix === "" ? value : parseDuration(number + suffix);
  return ms === undefined
    ? cursor.refuse(`expected a duration such as 500ms or 5s, got ${number}${suffix}`)
    : { limit: ms, unit: "ms" };
}
