import fc from "fast-check";
import { expect, test } from "vitest";
import { changedCounts, growthIn, theilSen } from "../../support/growth.ts";

const line = (slope: number, from: number, noise: (at: number) => number) =>
  Array.from({ length: 40 }, (_, at) => ({
    cycle: at * 250,
    value: from + slope * at * 250 + noise(at),
  }));

const sawtooth = (at: number): number => (at % 7) * 300_000;

test("the slope of a line is its own, wherever it begins", () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e4, max: 1e4 }), fc.integer({ max: 1e6 }), (slope, from) => {
      expect(theilSen(line(slope, from, () => 0))).toBeCloseTo(slope, 6);
    }),
  );
});

test("a quarter of the points may be anywhere", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 10, maxLength: 10 }),
      (wild) => {
        const spikes = line(1024, 5e7, (at) => (at % 4 === 0 ? (wild[at / 4] ?? 0) : at % 2));
        expect(Math.abs(theilSen(spikes) - 1024)).toBeLessThan(0.01);
      },
    ),
  );
});

test("less than two cycles have no slope", () => {
  expect(() => theilSen([])).toThrow(RangeError);
  expect(() =>
    theilSen([
      { cycle: 1, value: 1 },
      { cycle: 1, value: 2 },
    ]),
  ).toThrow(RangeError);
});

test("a kibibyte a cycle is found under the sawtooth of a heap, and the sawtooth alone is no growth", () => {
  const still = { heapBytes: line(0, 5e7, sawtooth), rssBytes: line(-3, 2e8, sawtooth) };
  expect(growthIn(still, { heapBytes: 256, rssBytes: 256 })).toEqual([]);
  const leaking = { ...still, heapBytes: line(1024, 5e7, sawtooth) };
  expect(growthIn(leaking, { heapBytes: 256, rssBytes: 256 })).toEqual([
    expect.stringMatching(/^heapBytes grows by \d+\.\d a cycle$/),
  ]);
});

test("counts that differ are told, those that came and went too", () => {
  expect(changedCounts({ a: 1, b: 2, c: 3 }, { b: 2, c: 4, d: 5 })).toEqual([
    "a: 1 -> 0",
    "c: 3 -> 4",
    "d: 0 -> 5",
  ]);
});
