import { expect, test } from "vitest";
import { METRICS } from "../../../src/metrics/catalog.ts";
import { EXPORTED, exportedMetric } from "../../../src/telemetry-export/exported-metric.ts";

test("every metric of the catalogue has a name of its own, as Prometheus wants names", () => {
  expect(EXPORTED).toHaveLength(Object.keys(METRICS).length + 1);
  const names = EXPORTED.map(({ prometheusName }) => prometheusName);
  expect(new Set(names).size).toBe(names.length);
  const words = { s: /_seconds/, By: /_bytes/, "": /^/ };
  for (const { prometheusName, type, unit } of EXPORTED) {
    expect(prometheusName).toMatch(/^dps_fleet(_[a-z0-9]+)+$/);
    expect(prometheusName).not.toMatch(/_(ms|milliseconds|bucket|sum|count)$/);
    expect(prometheusName.endsWith("_total")).toBe(type === "counter");
    expect(prometheusName).toMatch(words[unit]);
  }
});

test.for([
  ["registration_ms", "dps_fleet_registration_seconds", "histogram", 1 / 1_000],
  ["telemetry_bytes", "dps_fleet_telemetry_bytes_total", "counter", 1],
  ["throttled", "dps_fleet_throttled_total", "counter", 1],
  ["devices_assigned", "dps_fleet_devices_assigned", "gauge", 1],
] as const)("%s is %s", ([name, prometheusName, type, factor]) => {
  expect(exportedMetric(name, METRICS[name])).toMatchObject({ prometheusName, type, factor });
});
