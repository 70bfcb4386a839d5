import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Aggregate } from "../../../src/metrics/aggregate.ts";
import { METRICS } from "../../../src/metrics/catalog.ts";
import { LatencyHistogram } from "../../../src/metrics/histogram.ts";
import type { Threshold } from "../../../src/metrics/threshold-expression.ts";
import { evaluateThreshold, parseThreshold } from "../../../src/metrics/thresholds.ts";
import { extraOf, rowOf, snapshotOf } from "./snapshots.ts";

const parsed = (text: string): Threshold => {
  const result = parseThreshold(text);
  if ("problem" in result) throw new Error(result.problem);
  return result.threshold;
};
const problemOf = (text: string): string => {
  const result = parseThreshold(text);
  return "problem" in result ? result.problem : "";
};

describe("parsing", () => {
  test("every part of the grammar is understood", () => {
    expect(parsed("registration_ms p(95) < 5s")).toEqual({
      expression: "registration_ms p(95) < 5s",
      metric: "registration_ms",
      labels: {},
      labelsAt: {},
      statistic: { type: "percentile", percentile: 95 },
      operator: "<",
      limit: 5_000,
      unit: "ms",
    });
    expect(parsed("telemetry_failed{class:offline} rate<0.1%")).toMatchObject({
      labels: { class: "offline" },
      statistic: { type: "rate" },
      limit: 0.1,
      unit: "%",
    });
    expect(parsed("devices_assigned == 100%")).toMatchObject({
      statistic: { type: "rate" },
      limit: 100,
      unit: "%",
    });
    expect(parsed("telemetry_bytes <= 4MiB")).toMatchObject({ limit: 4_194_304, unit: "bytes" });
    expect(parsed("connection_ms{hub:h.azure-devices.net} max != 7")).toMatchObject({
      labels: { hub: "h.azure-devices.net" },
      limit: 7,
      unit: "ms",
    });
  });

  test("several labels stand in any order, and a value with odd characters in quotes", () => {
    expect(
      parsed('telemetry_ms { phase: "rush, hour", model :cave, hub:h } max < 1s').labels,
    ).toEqual({
      phase: "rush, hour",
      model: "cave",
      hub: "h",
    });
  });

  test("a problem says what was expected, where, and points at it", () => {
    expect(problemOf("registration_ms p(95 < 5s")).toBe(
      'expected ")", got "<" (column 22)\n  registration_ms p(95 < 5s\n                       ^',
    );
  });

  test.each([
    ["", "expected a metric"],
    ["registration_msx p(95) < 5s", "did you mean registration_ms?"],
    ["registration_ms < 5s", "expected one of count, min, mean, max, p(95)"],
    ["registration_ms p(101) < 5s", "expected 0 to 100"],
    ["registration_ms rate < 5", "a latency has no rate"],
    ["registration_ms median < 5s", "got median"],
    ["registration_ms p(95) < 5d", "expected a duration"],
    ["registration_ms p(95) < 5 s", "expected the end"],
    ["registration_ms p(95) = 5s", "expected one of <= >= == != < >"],
    ["registration_ms p(95) < -5s", "expected a number >= 0"],
    ["registration_ms count < 5s", "expected a plain number"],
    ["telemetry_sent p(95) < 5", "only latencies have percentiles"],
    ["telemetry_sent max < 5", "only latencies have a max"],
    ["telemetry_sent rate < 5%", "no rate"],
    ["telemetry_sent < 5%", "has no %"],
    ["telemetry_missing == 0s", "expected a plain number"],
    ["registration_failed{hub:x} == 0", "has the labels model, phase, class, got hub"],
    ["connection_ms{modle:cave} max < 5s", "did you mean model?"],
    ["connection_ms{model:cave,model:belt} max < 5s", "model stands here twice"],
    ["connection_ms{model:cave hub:h} max < 5s", 'expected "," or "}"'],
    ["connection_ms{model:} max < 5s", "expected a value of model"],
    ["connection_ms{} max < 5s", "expected a label"],
    ["registration_failed{class:oops} == 0", "expected a failure class"],
    ["registration_failed{class:unautorized} == 0", "did you mean unauthorized?"],
    ["workers_lost{hub:h} == 0", "no labels"],
    ["telemetry_failed{class offline} == 0", 'expected ":"'],
    ["devices_assigned == 100% please", "expected the end"],
  ])("%j is refused", (text, expected) => {
    expect(problemOf(text)).toContain(expected);
  });

  test("parsing any string never throws, and what is understood is understood again", () => {
    const piece = fc.oneof(
      fc.constantFrom(...Object.keys(METRICS), "{", "}", "class:tls", "p(", ")", "rate", "count"),
      fc.constantFrom("<", "==", "!=", " ", "5", "100%", "5s", "0.1", "4KiB"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const result = parseThreshold(pieces.join(""));
        expect(
          "problem" in result
            ? result.column > 0
            : isDeepStrictEqual(parsed(result.threshold.expression), result.threshold),
        ).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe("evaluating", () => {
  const histogram = new LatencyHistogram();
  for (const value of [1_000, 2_000, 9_000]) histogram.record(value);
  const aggregate = new Aggregate([
    { registrationId: "d1", model: "cave" },
    { registrationId: "d2", model: "belt" },
  ]);
  aggregate.add(
    snapshotOf({
      counters: {
        "telemetry_sent{hub:a,model:cave,phase:rush}": 150,
        "telemetry_sent{hub:b,model:belt}": 50,
        "telemetry_acked{hub:a,model:cave,phase:rush}": 148,
        "telemetry_acked{hub:b,model:belt}": 42,
        "telemetry_failed{class:offline,hub:b,model:belt}": 6,
        "telemetry_failed{class:timeout,hub:a,model:cave,phase:rush}": 2,
        "alerts_raised{alert:warm}": 2,
      },
      events: [
        { type: "alert", t: 1, deviceId: "d1", alert: "warm", state: "raised" },
        { type: "alert", t: 2, deviceId: "d2", alert: "warm", state: "raised" },
        { type: "alert", t: 3, deviceId: "d2", alert: "warm", state: "cleared" },
      ],
      histograms: { "registration_ms{hub:a}": histogram.encode() },
      devices: [
        rowOf({ registrationId: "d1", model: "cave", hub: "a" }),
        rowOf({ registrationId: "d2", model: "belt", hub: "", wasAssigned: false }),
      ],
    }),
  );
  const extra = extraOf({
    telemetry_missing: null,
    telemetry_out_of_order: null,
    telemetry_duplicated: 0,
    workers_lost: 1,
  });
  const evaluated = (text: string) => evaluateThreshold(parsed(text), { aggregate, extra });

  test.each([
    ["registration_ms max < 9500ms", 9_000, "ms", true],
    ["registration_ms min < 1s", 1_000, "ms", false],
    ["registration_ms mean == 4s", 4_000, "ms", true],
    ["registration_ms count == 3", 3, "", true],
    ["registration_ms{hub:a} count == 3", 3, "", true],
    ["devices_assigned == 100%", 50, "%", false],
    ["devices_assigned{model:cave} == 100%", 100, "%", true],
    ["devices_assigned{model:belt} == 100%", 0, "%", false],
    ["devices_assigned{hub:a} >= 50%", 50, "%", true],
    // Of those that the hub got, and not of the fleet.
    ["devices_connected{hub:a} == 100%", 100, "%", true],
    ["devices_failed{hub:a} rate < 1%", 0, "%", true],
    ["devices_planned{model:belt} == 1", 1, "", true],
    ["devices_planned{hub:a} == 1", 1, "", true],
    ["telemetry_sent{hub:a} == 150", 150, "", true],
    ["telemetry_failed{hub:b} rate < 10%", 12, "%", false],
    ["telemetry_failed{hub:b,class:offline} rate <= 12%", 12, "%", true],
    ["telemetry_failed{hub:a,class:offline} == 0", 0, "", true],
    ["telemetry_acked{phase:rush,model:cave} == 148", 148, "", true],
    ["telemetry_unacked{model:belt} == 2", 2, "", true],
    ["alerts_active{model:cave} == 1", 1, "", true],
    ["devices_alerted{hub:a,alert:warm} == 1", 1, "", true],
    ["devices_assigned >= 1", 1, "", true],
    ["telemetry_failed == 8", 8, "", true],
    ["telemetry_failed{class:offline} rate <= 3%", 3, "%", true],
    ["telemetry_failed rate < 0.05", 0.04, "", true],
    ["telemetry_unacked == 2", 2, "", true],
    ["telemetry_duplicated == 0", 0, "", true],
    ["workers_lost == 0", 1, "", false],
    ["registration_failed == 0", 0, "", true],
    ["alerts_raised{alert:warm} == 0", 2, "", false],
    ["alerts_active == 1", 1, "", true],
    ["alerts_active{alert:cold} == 0", 0, "", true],
    ["devices_alerted{alert:warm} < 60%", 100, "%", false],
  ])("%s observes %d %s", (expression, observed, unit, passed) => {
    expect(evaluated(expression)).toEqual({ expression, observed, unit, passed });
  });

  test("a metric that this run cannot measure decides nothing", () => {
    for (const text of ["telemetry_missing == 0", "telemetry_out_of_order == 0"]) {
      expect(evaluated(text)).toMatchObject({ observed: null, passed: null });
    }
  });

  test("a metric that can be measured and has no sample fails", () => {
    for (const text of [
      "method_ms p(95) < 1s",
      "registration_failed rate < 0.1%",
      "devices_connected{hub:nobody} == 100%",
    ]) {
      expect(evaluated(text)).toMatchObject({ observed: null, passed: false });
    }
  });
});
