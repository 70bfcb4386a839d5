import fc from "fast-check";
import { expect, test } from "vitest";
import { theilSen } from "../../../../scripts/soak/theil-sen.ts";

const COUNT = 40;
const line = (slope: number, from: number, noise: (index: number) => number) =>
  Array.from({ length: COUNT }, (_, index) => ({
    at: index * 250,
    value: from + slope * index * 250 + noise(index),
  }));

const slopes = fc.integer({ min: -1e4, max: 1e4 });
const noises = fc.array(fc.integer({ min: -1e6, max: 1e6 }), {
  minLength: COUNT,
  maxLength: COUNT,
});

test("the slope of a line is its own, wherever it begins, and its interval is that slope alone", () => {
  fc.assert(
    fc.property(slopes, fc.integer({ min: -1e6, max: 1e6 }), (slope, from) => {
      const { slope: found, low, high } = theilSen(line(slope, from, () => 0));
      for (const value of [found, low, high]) expect(value).toBeCloseTo(slope, 6);
    }),
  );
});

test("a quarter of the points may be anywhere", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 10, maxLength: 10 }),
      (wild) => {
        const spikes = line(1024, 5e7, (at) => (at % 4 === 0 ? (wild[at / 4] ?? 0) : at % 2));
        expect(Math.abs(theilSen(spikes).slope - 1024)).toBeLessThan(0.01);
      },
    ),
  );
});

test("the interval holds the slope, and both move with a line that is added", () => {
  fc.assert(
    fc.property(noises, slopes, fc.integer({ min: -1e6, max: 1e6 }), (noise, slope, from) => {
      const still = theilSen(line(0, 0, (index) => noise[index] ?? 0));
      expect(still.low).toBeLessThanOrEqual(still.slope);
      expect(still.high).toBeGreaterThanOrEqual(still.slope);
      const moved = theilSen(line(slope, from, (index) => noise[index] ?? 0));
      expect(moved.slope - still.slope).toBeCloseTo(slope, 3);
      expect(moved.low - still.low).toBeCloseTo(slope, 3);
      expect(moved.high - still.high).toBeCloseTo(slope, 3);
    }),
  );
});

test("the order of the points does not matter, and mirrored points have the mirrored slope", () => {
  fc.assert(
    fc.property(noises, (noise) => {
      const points = line(0, 0, (index) => noise[index] ?? 0);
      const found = theilSen(points);
      const reversed = theilSen(points.toReversed());
      expect(reversed.slope).toBeCloseTo(found.slope, 9);
      expect(reversed.low).toBeCloseTo(found.low, 9);
      expect(reversed.high).toBeCloseTo(found.high, 9);
      const mirrored = theilSen(points.map(({ at, value }) => ({ at, value: -value })));
      expect(mirrored.slope).toBeCloseTo(-found.slope, 9);
      expect(mirrored.low).toBeCloseTo(-found.high, 9);
      expect(mirrored.high).toBeCloseTo(-found.low, 9);
    }),
  );
});

test("the interval of Sen's ranks is the published one", () => {
  // n = 10: 45 pairs, spread 1.96 * sqrt(10 * 9 * 25 / 18) = 21.9, so the ranks are 11 and 35 of 45.
  const values = [3, 1, 4, 1.5, 5, 9, 2, 6, 5.5, 3.5];
  const points = values.map((value, at) => ({ at, value }));
  const pairs = points
    .flatMap((a, index) => points.slice(index + 1).map((b) => (b.value - a.value) / (b.at - a.at)))
    .toSorted((a, b) => a - b);
  expect(theilSen(points)).toEqual({ slope: pairs[22], low: pairs[10], high: pairs[34] });
});

test("too few points say nothing about where the slope lies", () => {
  const two = [
    { at: 0, value: 1 },
    { at: 1, value: 2 },
  ];
  expect(theilSen(two)).toEqual({ slope: 1, low: -Infinity, high: Infinity });
});

test("points at one place have no slope", () => {
  expect(() => theilSen([])).toThrow(RangeError);
  expect(() =>
    theilSen([
      { at: 1, value: 1 },
      { at: 1, value: 2 },
    ]),
  ).toThrow(RangeError);
});
