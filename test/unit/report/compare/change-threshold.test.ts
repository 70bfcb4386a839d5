import { expect, test } from "vitest";
import { Aggregate } from "../../../../src/metrics/aggregate.ts";
import { LatencyHistogram } from "../../../../src/metrics/histogram.ts";
import type { ThresholdView } from "../../../../src/metrics/thresholds.ts";
import {
  judgeChange,
  parseChangeThreshold,
} from "../../../../src/report/compare/change-threshold.ts";
import { extraOf, snapshotOf } from "../../metrics/snapshots.ts";

/** A fleet that sent so many messages, each of which took so long. */
function view(sent: number, ms?: number, missing: number | null = 0): ThresholdView {
  const histogram = new LatencyHistogram();
  if (ms !== undefined) histogram.record(ms);
  const aggregate = new Aggregate([]);
  aggregate.add(
    snapshotOf({
      counters: { telemetry_sent: sent },
      histograms: { telemetry_ms: histogram.encode() },
    }),
  );
  return { aggregate, extra: extraOf({ telemetry_missing: missing }) };
}

function passed(text: string, a: ThresholdView, b: ThresholdView): boolean | null {
  const parsed = parseChangeThreshold(text);
  if (!("threshold" in parsed)) throw new Error(parsed.problem);
  return judgeChange(parsed.threshold, a, b).passed;
}

test("a change within its limit passes, one beyond fails", () => {
  expect(passed("telemetry_ms p(95) < +10%", view(1, 100), view(1, 109))).toBe(true);
  expect(passed("telemetry_ms p(95) < +10%", view(1, 100), view(1, 112))).toBe(false);
  expect(passed("telemetry_sent > -5%", view(100), view(94))).toBe(false);
  expect(passed("telemetry_sent >= -10 %".replace(" %", "%"), view(100), view(90))).toBe(true);
  expect(passed("telemetry_sent == 0%", view(7), view(7))).toBe(true);
});

test("something where there was nothing is more than any share of it", () => {
  expect(passed("telemetry_sent < +1000%", view(0), view(1))).toBe(false);
  expect(passed("telemetry_sent < +10%", view(0), view(0))).toBe(true);
});

test("no sample fails, what was not measured decides nothing", () => {
  expect(passed("telemetry_ms p(95) < +10%", view(1), view(1, 5))).toBe(false);
  expect(passed("telemetry_missing <= 0%", view(1, 1, null), view(1, 1))).toBeNull();
});

test.each([
  ["telemetry_ms p(95) < 10", "expected a change in percent such as +10%, got 10 (column 22)"],
  ["telemetry_ms p(95) <", "expected a change such as +10%, got the end (column 21)"],
  ["telemetry_mss p(95) < +1%", "there is no metric telemetry_mss; did you mean telemetry_ms?"],
  ["telemetry_sent < +1% or so", 'expected the end, got "or" (column 22)'],
])("%s is refused with a caret under the place", (text, message) => {
  const parsed = parseChangeThreshold(text);
  const problem = "problem" in parsed ? parsed.problem : "";
  expect(problem).toContain(message);
  expect(problem.split("\n").at(-1)).toMatch(/^ *\^$/);
});
