import type { Cursor } from "../../metrics/cursor.ts";
import type { Measure, Operator } from "../../metrics/threshold-expression.ts";
import { readMeasure, readOperator } from "../../metrics/threshold-expression.ts";
import type { ThresholdProblem, ThresholdView } from "../../metrics/thresholds.ts";
import { holds, readExpression, readMeasured } from "../../metrics/thresholds.ts";
import type { ThresholdResult } from "../../output/summary.ts";
import { changeOf } from "./change.ts";

/** How much a metric may change from one run to another. */
export interface ChangeThreshold {
  /** As the user wrote it. */
  readonly expression: string;
  readonly measure: Measure;
  readonly operator: Operator;
  /** In percent of the first run's value; below 0 where it should become less. */
  readonly limit: number;
}

/** Parses `METRIC[{label:value}] [count|rate|min|mean|max|p(N)] OP [+|-]NUMBER%`; never throws. */
export function parseChangeThreshold(
  text: string,
): { readonly threshold: ChangeThreshold } | ThresholdProblem {
  return readExpression(text, readChange);
}

function readChange(cursor: Cursor): ChangeThreshold {
  const { info: _, ...measure } = readMeasure(cursor);
  const operator = readOperator(cursor);
  const number = cursor.take(/[+-]?\d+(?:\.\d+)?/y) ?? cursor.fail("a change such as +10%");
  if (cursor.takeHere(/%/y) === undefined) {
    return cursor.refuse(`expected a change in percent such as +10%, got ${number}`);
  }
  if (!cursor.atEnd()) cursor.fail("the end");
  return { expression: cursor.text.trim(), measure, operator, limit: Number(number) };
}

/** What one of the runs could not measure has `passed: null`; what has no sample in one of them fails. */
export function judgeChange(
  { expression, measure, operator, limit }: ChangeThreshold,
  a: ThresholdView,
  b: ThresholdView,
): ThresholdResult {
  const [before, after] = [readMeasured(measure, a), readMeasured(measure, b)];
  if (before === "unmeasurable" || after === "unmeasurable") {
    return { expression, observed: null, unit: "%", passed: null };
  }
  const change = changeOf(before, after);
  if (change === null) return { expression, observed: null, unit: "%", passed: false };
  return {
    expression,
    // JSON has no infinity: what came from nothing has no share of it.
    observed: Number.isFinite(change) ? 100 * change : null,
    unit: "%",
    passed: holds(100 * change, operator, limit),
  };
}
