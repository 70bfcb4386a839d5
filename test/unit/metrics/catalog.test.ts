import { readFileSync } from "node:fs";
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

  test("is told in full by docs/scenario.md", () => {
    const text = readFileSync(new URL("../../../docs/scenario.md", import.meta.url), "utf8");
    expect(Object.keys(METRICS).filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });
});
