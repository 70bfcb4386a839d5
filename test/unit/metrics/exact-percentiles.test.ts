import fc from "fast-check";
import { expect, test } from "vitest";

import { exactPercentiles } from "../../../src/metrics/exact-percentiles.ts";

test("of nothing there are none", () => {
  expect(exactPercentiles([])).toMatchObject({ count: 0, min: null, mean: null, p50: null });
});

test("each is one of the values, by nearest rank", () => {
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
  expect(exactPercentiles(hundred)).toEqual({
    count: 100,
    min: 1,
    mean: 50.5,
    p50: 50,
    p90: 90,
    p95: 95,
    p99: 99,
    p999: 100,
    max: 100,
  });
});

test("they rise, from the least to the most", () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
      const { min, p50, p90, p95, p99, p999, max } = exactPercentiles(values);
      const row = [min, p50, p90, p95, p99, p999, max].map(Number);
      expect(row).toEqual(row.toSorted((a, b) => a - b));
      expect(row.every((one) => values.includes(one))).toBe(true);
    }),
  );
});
