import fc from "fast-check";
import { expect, test } from "vitest";

import { DOUBLING_MS, earliestTimes, risenPerS } from "../../../src/plan/adaptive-arrival.ts";

const arrivalOf = (fromPerS: number, maxPerS: number) =>
  ({ way: "adaptive", fromPerS, maxPerS, latencyMs: 2_000 }) as const;

test("the rate doubles in its time, and stays at the highest", () => {
  expect(risenPerS(arrivalOf(5, 30), 0)).toBe(5);
  expect(risenPerS(arrivalOf(5, 30), DOUBLING_MS)).toBe(10);
  expect(risenPerS(arrivalOf(5, 30), 10 * DOUBLING_MS)).toBe(30);
});

test("between two devices is as much time as the rate of then gives", () => {
  const rates = fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 100 }));
  fc.assert(
    fc.property(rates, ([fromPerS, more]) => {
      const arrival = arrivalOf(fromPerS, fromPerS + more);
      const times = earliestTimes(2_000, arrival);
      expect(times[0]).toBe(0);
      for (const [index, ms] of times.slice(1).entries()) {
        const before = times[index] ?? 0;
        // The mean rate between both, which both rates bound.
        const perS = 1_000 / (ms - before);
        expect(perS).toBeGreaterThan(risenPerS(arrival, before) - 1e-6);
        expect(perS).toBeLessThan(risenPerS(arrival, ms) + 1e-6);
      }
    }),
    { numRuns: 30 },
  );
});
