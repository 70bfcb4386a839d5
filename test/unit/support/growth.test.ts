import { expect, test } from "vitest";
import { grownCounts, growthIn } from "../../support/growth.ts";

const line = (slope: number, from: number, noise: (at: number) => number) =>
  Array.from({ length: 40 }, (_, at) => ({
    at: at * 250,
    value: from + slope * at * 250 + noise(at),
  }));

const sawtooth = (at: number): number => (at % 7) * 300_000;

test("a kibibyte a cycle is found under the sawtooth of a heap, and the sawtooth alone is no growth", () => {
  const still = { heapBytes: line(0, 5e7, sawtooth), rssBytes: line(-3, 2e8, sawtooth) };
  expect(growthIn(still, { heapBytes: 256, rssBytes: 256 })).toEqual([]);
  const leaking = { ...still, heapBytes: line(1024, 5e7, sawtooth) };
  expect(growthIn(leaking, { heapBytes: 256, rssBytes: 256 })).toEqual([
    expect.stringMatching(/^heapBytes grows by \d+\.\d a cycle$/),
  ]);
});

test("counts that are higher are told, those that came too", () => {
  expect(grownCounts({ a: 1, b: 2, c: 3 }, { b: 2, c: 4, d: 5 })).toEqual([
    "c: 3 -> 4",
    "d: 0 -> 5",
  ]);
});
