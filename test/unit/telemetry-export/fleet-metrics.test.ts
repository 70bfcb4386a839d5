import type { MetricData } from "@opentelemetry/sdk-metrics";
import { DataPointType } from "@opentelemetry/sdk-metrics";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Aggregate } from "../../../src/metrics/aggregate.ts";
import { COUNTERS } from "../../../src/metrics/counters.ts";
import { LatencyHistogram } from "../../../src/metrics/histogram.ts";
import { metricKey } from "../../../src/metrics/metric-key.ts";
import { exportedMetric } from "../../../src/telemetry-export/exported-metric.ts";
import { BUCKET_EDGES_MS, fleetMetrics } from "../../../src/telemetry-export/fleet-metrics.ts";
import { extraOf, rowOf, snapshotOf } from "../metrics/snapshots.ts";

const SPAN = { startMs: 1_767_225_600_000, endMs: 1_767_225_601_250 };
const HUB = "cheesecave-hub.azure-devices.net";

const planned = (registrationId: string) => ({ registrationId, model: "cheese-cave" });

const metricsOf = (
  aggregate: Aggregate,
  known: Readonly<Record<string, number | null>> = {},
): ReadonlyMap<string, MetricData> =>
  new Map(
    fleetMetrics({ aggregate, extra: extraOf(known) }, SPAN).map((metric) => [
      metric.descriptor.name,
      metric,
    ]),
  );

/** The points of a counter or a gauge. */
function numbersOf(metric: MetricData | undefined) {
  if (metric?.dataPointType !== DataPointType.SUM && metric?.dataPointType !== DataPointType.GAUGE)
    throw new TypeError("expected numbers");
  return metric.dataPoints.map(({ attributes, value }) => ({ attributes, value }));
}

test("the points of every counter add up to the counter, whatever its labels", () => {
  const labels = fc.dictionary(
    fc.constantFrom("hub", "model", "phase"),
    fc.stringMatching(/^\w+$/),
    {
      maxKeys: 3,
    },
  );
  const counted = fc.tuple(fc.constantFrom(...Object.keys(COUNTERS)), labels, fc.nat(1_000));
  fc.assert(
    fc.property(fc.array(counted, { maxLength: 20 }), (all) => {
      const counters = Object.fromEntries(
        all.map(([name, given, count]) => [metricKey(name, given), count]),
      );
      const aggregate = new Aggregate([]);
      aggregate.add(snapshotOf({ counters }));
      const exported = metricsOf(aggregate);
      for (const [name, info] of Object.entries(COUNTERS)) {
        const { name: exportedName, factor } = exportedMetric(name, info);
        const points = numbersOf(exported.get(exportedName));
        const expected = Object.entries(counters).filter(([key]) => key.split("{")[0] === name);
        const whole = expected.reduce((sum, [, count]) => sum + count, 0);
        expect(points.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(whole * factor, 9);
        expect(points).toHaveLength(Math.max(1, expected.length));
      }
    }),
    { numRuns: 30 },
  );
});

test("a histogram has its labels, seconds, and every value in one bucket", () => {
  const histogram = new LatencyHistogram();
  for (const ms of [0.4, 3, 3, 800, 3_000_000]) histogram.record(ms);
  const aggregate = new Aggregate([]);
  aggregate.add(
    snapshotOf({ histograms: { [`registration_ms{hub:${HUB}}`]: histogram.encode() } }),
  );
  const metric = metricsOf(aggregate).get("dps_fleet_registration_seconds");
  if (metric?.dataPointType !== DataPointType.HISTOGRAM) throw new TypeError("no histogram");
  expect(metric.descriptor.unit).toBe("s");
  expect(metric.dataPoints).toHaveLength(1);
  const [point] = metric.dataPoints;
  expect(point).toMatchObject({
    attributes: { hub: HUB },
    startTime: [1_767_225_600, 0],
    endTime: [1_767_225_601, 250_000_000],
    value: { count: 5, sum: 3_000.8064 },
  });
  const { boundaries = [], counts = [] } = point?.value.buckets ?? {};
  expect(boundaries).toEqual(BUCKET_EDGES_MS.map((ms) => ms / 1_000));
  expect(counts).toHaveLength(boundaries.length + 1);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(5);
  expect([counts[0], counts[boundaries.indexOf(0.005)], counts.at(-1)]).toEqual([1, 2, 1]);
});

test("devices are told by state and hub, every state of every hub", () => {
  const ids = ["cave-1", "cave-2", "cave-3"];
  const aggregate = new Aggregate(ids.map(planned));
  const devices = [
    rowOf({ registrationId: "cave-1" }),
    rowOf({ registrationId: "cave-2", state: "failed", hub: "", wasAssigned: false }),
  ];
  aggregate.add(snapshotOf({ devices }));
  const points = numbersOf(metricsOf(aggregate).get("dps_fleet_devices"));
  expect(points).toHaveLength(2 * Object.keys(aggregate.states()).length);
  expect(points.filter(({ value }) => value > 0)).toEqual([
    { attributes: { state: "waiting" }, value: 1 },
    { attributes: { state: "failed" }, value: 1 },
    { attributes: { state: "streaming", hub: HUB }, value: 1 },
  ]);
});

test("what this run cannot measure is left out, what it can is there", () => {
  const aggregate = new Aggregate([]);
  const exported = metricsOf(aggregate, { telemetry_missing: null, workers_lost: 2 });
  expect(exported.has("dps_fleet_telemetry_missing")).toBe(false);
  expect(numbersOf(exported.get("dps_fleet_workers_lost"))).toEqual([{ attributes: {}, value: 2 }]);
});

test("alerts are told by their names", () => {
  const aggregate = new Aggregate([planned("cave-1")]);
  const raised = {
    type: "alert",
    t: 1,
    deviceId: "cave-1",
    alert: "too-hot",
    state: "raised",
  } as const;
  aggregate.add(snapshotOf({ events: [raised] }));
  expect(numbersOf(metricsOf(aggregate).get("dps_fleet_alerts_active"))).toEqual([
    { attributes: { alert: "too-hot" }, value: 1 },
  ]);
});
