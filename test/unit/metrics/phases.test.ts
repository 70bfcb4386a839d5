import fc from "fast-check";
import { expect, test } from "vitest";
import { phaseAt } from "../../../src/metrics/phases.ts";

test("a moment lies in the last phase that has begun by then", () => {
  const times = fc.uniqueArray(fc.nat({ max: 1_000 }), { maxLength: 20 });
  fc.assert(
    fc.property(times, fc.integer({ min: -100, max: 1_100 }), (unsorted, t) => {
      const phases = unsorted.toSorted((a, b) => a - b).map((atMs) => ({ name: `p${atMs}`, atMs }));
      expect(phaseAt(phases, t)).toBe(phases.filter(({ atMs }) => atMs <= t).length - 1);
    }),
  );
});
