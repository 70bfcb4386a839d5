import fc from "fast-check";
import { expect, test } from "vitest";
import { autoTimes } from "../../../src/plan/auto-arrival.ts";
import { mostInWindow } from "../../../src/run/forecast/registrations.ts";

const idsOf = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `cave-${index + 1}`);

const fleets = fc.record({
  count: fc.integer({ min: 1, max: 600 }),
  limit: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 61, max: 2_000 })),
  seed: fc.nat({ max: 1_000_000 }),
});

const gapOf = (limit: number): number => 60_000 / (0.95 * limit);

test("no 60 s hold more starts than DPS takes, not even where each is late by up to 1.5 s", () => {
  const lateBy = fc.array(fc.double({ min: 0, max: 1_500, noNaN: true }), {
    minLength: 1,
    maxLength: 50,
  });
  fc.assert(
    fc.property(fleets, lateBy, ({ count, limit, seed }, late) => {
      const starts = autoTimes(idsOf(count), limit, seed);
      expect(mostInWindow(starts)).toBeLessThanOrEqual(limit);
      const reached = starts.map((startMs, index) => startMs + (late[index % late.length] ?? 0));
      expect(mostInWindow(reached.toSorted((a, b) => a - b))).toBeLessThanOrEqual(limit);
    }),
  );
});

test("starts ascend, each is moved by at most half a gap, and the last is due within 1.06 of the least time", () => {
  fc.assert(
    fc.property(fleets, ({ count, limit, seed }) => {
      const starts = autoTimes(idsOf(count), limit, seed);
      expect(starts).toEqual(starts.toSorted((a, b) => a - b));
      for (const [index, startMs] of starts.entries()) {
        expect(Math.abs(startMs - index * gapOf(limit))).toBeLessThanOrEqual(gapOf(limit) / 2);
      }
      expect(starts.at(-1)).toBeLessThanOrEqual(1.06 * ((count * 60_000) / limit));
    }),
  );
});

test("starts are moved, by the seed and the device alone, over the whole of half a gap", () => {
  const ids = idsOf(500);
  const moves = (seed: number): number[] =>
    autoTimes(ids, 1_000, seed).map(
      (startMs, index) => (startMs - index * gapOf(1_000)) / gapOf(1_000),
    );
  expect(moves(1)).toEqual(moves(1));
  expect(moves(1)).not.toEqual(moves(2));
  expect(moves(1)[0]).toBe(0);
  expect(Math.min(...moves(1))).toBeLessThan(-0.45);
  expect(Math.max(...moves(1))).toBeGreaterThan(0.45);
  expect(autoTimes(ids.slice(0, 7), 1_000, 1)).toEqual(autoTimes(ids, 1_000, 1).slice(0, 7));
});
