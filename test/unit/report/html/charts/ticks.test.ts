import fc from "fast-check";
import { expect, test } from "vitest";

import { logBounds, logTicks, timeTicks } from "../../../../../src/report/html/charts/ticks.ts";

test("times of an axis are few, even steps from 0 that end before the run does", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e10 }), (endMs) => {
      const ticks = timeTicks(endMs);
      expect(ticks[0]).toBe(0);
      expect(ticks.length).toBeLessThanOrEqual(9);
      expect(ticks.at(-1)).toBeLessThanOrEqual(endMs);
      const [, step = 0] = ticks;
      expect(ticks).toEqual(ticks.map((_, index) => index * step));
    }),
  );
});

test("a logarithmic axis holds every value, over a factor of ten at least, with labels on it", () => {
  const ms = fc.double({ min: 0.001, max: 4e6, noNaN: true });
  fc.assert(
    fc.property(fc.array(ms, { minLength: 1 }), (values) => {
      const [low, high] = logBounds(values);
      expect(low).toBeLessThanOrEqual(Math.min(...values) * (1 + 1e-6));
      expect(high).toBeGreaterThanOrEqual(Math.max(...values) * (1 - 1e-6));
      expect(high / low).toBeGreaterThanOrEqual(9.999);
      const ticks = logTicks(low, high);
      expect(ticks.length).toBeGreaterThanOrEqual(1);
      expect(ticks.length).toBeLessThanOrEqual(11);
      expect(ticks.every((tick) => tick >= low * 0.999 && tick <= high * 1.001)).toBe(true);
    }),
  );
});

test("labels are round: powers of ten, with 2 and 5 between them where there is room", () => {
  expect(logTicks(...logBounds([3, 40]))).toEqual([2, 5, 10, 20, 50]);
  expect(logTicks(...logBounds([0.6, 90_000]))).toEqual([1, 10, 100, 1_000, 10_000, 100_000]);
  expect(logBounds([])).toEqual([1, 10]);
  expect(logBounds([0, 0])).toEqual([1, 10]);
  expect(timeTicks(30_000)).toEqual([0, 5_000, 10_000, 15_000, 20_000, 25_000, 30_000]);
});
