import fc from "fast-check";
import { expect, test } from "vitest";

import {
  accumulated,
  countedPerSecond,
  firstAboveMs,
  onTopOf,
  peakOf,
} from "../../../../src/run/forecast/rate-series.ts";

const itself = (ms: number): number => ms;

test("seconds sum to all moments", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 100_000 })), (moments) => {
      const series = countedPerSecond(moments, itself);
      expect(series.reduce((sum, { perS }) => sum + perS, 0)).toBe(moments.length);
      expect(series.map(({ second }) => second)).toEqual(
        [...new Set(moments.map((ms) => Math.floor(ms / 1_000)))].toSorted((a, b) => a - b),
      );
    }),
  );
});

test("what begins stays from the next second on, and what happens once comes on top", () => {
  const begins = [
    { second: 0, perS: 0.1 },
    { second: 1, perS: 0.2 },
  ];
  const lasting = accumulated(begins);
  expect(lasting).toEqual([
    { second: 1, perS: 0.1 },
    { second: 2, perS: 0.3 },
  ]);
  const once = [
    { second: 0, perS: 5 },
    { second: 2, perS: 1 },
    { second: 9, perS: 1 },
  ];
  expect(onTopOf(once, lasting)).toEqual([
    { second: 0, perS: 5 },
    { second: 1, perS: 0.1 },
    { second: 2, perS: 1.3 },
    { second: 9, perS: 1.3 },
  ]);
});

test("the peak is the first of the fastest seconds, and a limit is exceeded only above it", () => {
  const series = [
    { second: 3, perS: 10 },
    { second: 4, perS: 20 },
    { second: 8, perS: 20 },
  ];
  expect(peakOf(series)).toEqual({ perS: 20, atMs: 4_000 });
  expect(peakOf([])).toEqual({ perS: 0, atMs: 0 });
  expect(firstAboveMs(series, 10)).toBe(4_000);
  expect(firstAboveMs(series, 20)).toBeUndefined();
});
