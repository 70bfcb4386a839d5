import fc from "fast-check";
import { expect, test } from "vitest";
import { metricKey, parseMetricKey } from "../../../src/metrics/metric-key.ts";

const label = fc.stringMatching(/^[a-z]{1,8}$/);

test("parsing a key undoes making it", () => {
  fc.assert(
    fc.property(label, fc.dictionary(label, fc.string()), (name, labels) => {
      expect(parseMetricKey(metricKey(name, labels))).toEqual({ name, labels: { ...labels } });
    }),
  );
});

test("labels are sorted", () => {
  expect(metricKey("telemetry_failed", { hub: "h:1", class: "offline" })).toBe(
    "telemetry_failed{class:offline,hub:h:1}",
  );
});

test("parsing any string never throws", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a%{}:,]*$/)), (text) => {
      expect(typeof parseMetricKey(text).name).toBe("string");
    }),
  );
});
