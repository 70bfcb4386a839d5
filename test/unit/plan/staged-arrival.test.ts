import fc from "fast-check";
import { expect, test } from "vitest";
import { stagedTimes } from "../../../src/plan/staged-arrival.ts";

test("a ramp from 0/s to 10/s in 10 s starts 50 devices, of which the nth is due at sqrt(2n) s", () => {
  const times = stagedTimes(100, 0, [{ forMs: 10_000, toPerS: 10 }]);
  expect(times).toHaveLength(51);
  for (const [n, ms] of times.entries()) expect(ms).toBeCloseTo(Math.sqrt(2 * n) * 1_000, 6);
});

test("a stage that keeps its rate spaces evenly, a stage of 0s jumps, and one at 0/s waits", () => {
  const times = stagedTimes(7, 2, [
    { forMs: 1_000, toPerS: 2 },
    { forMs: 0, toPerS: 0 },
    { forMs: 5_000, toPerS: 0 },
    { forMs: 0, toPerS: 4 },
    { forMs: 1_000, toPerS: 4 },
  ]);
  expect(times).toEqual([0, 500, 1_000, 6_250, 6_500, 6_750, 7_000]);
});

test("a ramp down to nothing starts its last device at its end", () => {
  const times = stagedTimes(51, 10, [{ forMs: 10_000, toPerS: 0 }]);
  expect(times).toHaveLength(51);
  expect(times.at(-1)).toBeCloseTo(10_000, 0);
});

const stages = fc.array(
  fc.record({
    forMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20_000 })),
    toPerS: fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 50, noNaN: true })),
  }),
  { minLength: 1, maxLength: 6 },
);

test("starts ascend within the stages, and as many are due as their rates sum to", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 50, noNaN: true }), stages, (from, ramps) => {
      const times = stagedTimes(100_000, from, ramps);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      const lengthMs = ramps.reduce((sum, { forMs }) => sum + forMs, 0);
      expect(times.at(-1)).toBeLessThanOrEqual(lengthMs);
      let startPerS = from;
      const due = ramps.reduce((sum, { forMs, toPerS }) => {
        const part = ((startPerS + toPerS) / 2) * (forMs / 1_000);
        startPerS = toPerS;
        return sum + part;
      }, 0);
      expect(Math.abs(times.length - (Math.floor(due) + 1))).toBeLessThanOrEqual(1);
    }),
    { numRuns: 60 },
  );
});
