import { expect, test } from "vitest";
import { exactPercentiles } from "../../../src/metrics/exact-percentiles.ts";
import { slowHubs, slowHubText } from "../../../src/output/slow-hubs.ts";
import type { HubSummary } from "../../../src/output/summary.ts";

/** A hub whose connections and messages all took so long, in ms. */
function hub(connectionMs: number, telemetryMs: number, count = 10): HubSummary {
  const all = (ms: number) => exactPercentiles(Array.from({ length: count }, () => ms));
  return { connection: all(connectionMs), telemetry: all(telemetryMs) };
}

test("a hub that takes much longer than the others is named, with what takes so long", () => {
  const hubs = { a: hub(50, 10), b: hub(55, 812), c: hub(60, 12) };
  expect(slowHubs({ hubs })).toEqual([{ hub: "b", what: "telemetry", p95: 812, othersP95: 10 }]);
  expect(slowHubs({ hubs }).map(slowHubText)).toEqual([
    "hub b is slow: telemetry p95 812.0 ms, at the other hubs 10.0 ms",
  ]);
});

test("of two hubs the slower one is named alone", () => {
  expect(slowHubs({ hubs: { a: hub(50, 10), b: hub(900, 10) } })).toEqual([
    { hub: "b", what: "connections", p95: 900, othersP95: 50 },
  ]);
});

test.each([
  ["a single hub has none to be compared with", { a: hub(5_000, 5_000) }],
  ["small numbers differ by chance", { a: hub(1, 1), b: hub(9, 90) }],
  ["twice as long is not slow", { a: hub(400, 400), b: hub(800, 800) }],
  ["a few values say nothing", { a: hub(1, 1), b: hub(900, 900, 4) }],
  ["no hub at all", {}],
])("%s", (_, hubs) => {
  expect(slowHubs({ hubs })).toEqual([]);
});
