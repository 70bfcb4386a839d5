import { expect, test } from "vitest";
import { abortProblem, AbortWatch } from "../../../src/metrics/abort-watch.ts";
import { Aggregate } from "../../../src/metrics/aggregate.ts";
import { METRICS } from "../../../src/metrics/catalog.ts";
import { LatencyHistogram } from "../../../src/metrics/histogram.ts";
import type { ThresholdView } from "../../../src/metrics/thresholds.ts";
import { parseThreshold } from "../../../src/metrics/thresholds.ts";
import { extraOf, snapshotOf } from "./snapshots.ts";

/** A fleet whose messages took so long. */
function fleetOf(...ms: readonly number[]): ThresholdView {
  const histogram = new LatencyHistogram();
  for (const value of ms) histogram.record(value);
  const aggregate = new Aggregate([]);
  aggregate.add(
    snapshotOf({
      counters: { telemetry_sent: ms.length },
      histograms: { "telemetry_ms{model:cave}": histogram.encode() },
    }),
  );
  return { aggregate, extra: extraOf({ workers_lost: 1, telemetry_missing: null }) };
}

const rule = (expression: string, graceMs = 0) => ({ expression, graceMs });

test("the first threshold that fails after its grace time ends the run, once", () => {
  const watch = new AbortWatch([
    rule("workers_lost == 0", 5_000),
    rule(" telemetry_ms max < 1s "),
    rule("telemetry_sent == 0"),
  ]);
  expect(watch.look(1_000, fleetOf())).toBeUndefined();
  const first = { expression: "telemetry_ms max < 1s", t: 2_000, observed: 1_500 };
  expect(watch.look(2_000, fleetOf(10, 1_500))).toEqual(first);
  expect(watch.look(6_000, fleetOf(9_000))).toBeUndefined();
  expect(watch.aborted).toEqual(first);
});

test("within its grace time, without a sample, or not measurable yet, a threshold ends nothing", () => {
  const watch = new AbortWatch([
    rule("workers_lost == 0", 5_000),
    rule("telemetry_ms{model:belt} max < 1ms"),
    rule("telemetry_failed{model:belt} rate < 1%"),
    rule("telemetry_missing == 0"),
  ]);
  watch.look(4_999, fleetOf(10));
  expect(watch.aborted).toBeUndefined();
  watch.look(5_000, fleetOf(10));
  expect(watch.aborted).toEqual({ expression: "workers_lost == 0", t: 5_000, observed: 1 });
});

test("what is known at the end only is refused with the reason", () => {
  const refused = Object.entries(METRICS).flatMap(([name, { kind }]) => {
    const parsed = parseThreshold(`${name} ${kind === "histogram" ? "max" : "count"} < 1`);
    if (!("threshold" in parsed)) throw new Error(parsed.problem);
    return abortProblem(parsed.threshold) === undefined ? [] : [name];
  });
  expect(refused).toEqual([
    "devices_assigned",
    "devices_connected",
    "devices_up",
    "devices_unexpected",
    "telemetry_missing",
    "telemetry_duplicated",
    "telemetry_out_of_order",
    "telemetry_unconfirmed",
    "twin_selected",
    "twin_converged",
    "twin_stragglers",
    "twin_patched",
    "twin_received",
    "twin_acknowledged",
    "twin_refused",
    "twin_seen",
    "twin_missed",
    "twin_received_by_others",
  ]);
});
