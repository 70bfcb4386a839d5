import { describe, expect, test } from "vitest";
import { METRICS, metricInfo } from "../../../src/metrics/catalog.ts";

describe("the catalogue", () => {
  test("knows a metric by its name only", () => {
    expect(metricInfo("telemetry_ms")?.kind).toBe("histogram");
    expect(metricInfo("toString")).toBeUndefined();
  });

  test("relates shares to counters and derived metrics that exist", () => {
    const totals = Object.keys(METRICS).flatMap((name) => metricInfo(name)?.total ?? []);
    expect(
      totals.filter((name) => (metricInfo(name)?.kind ?? "histogram") === "histogram"),
    ).toEqual([]);
  });
});
