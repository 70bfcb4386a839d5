import fc from "fast-check";
import { expect, test } from "vitest";

import { admittedMs, mostInWindow } from "../../../../src/run/forecast/registrations.ts";

const dues = fc
  .array(fc.integer({ min: 0, max: 300_000 }), { maxLength: 200 })
  .map((list) => list.toSorted((a, b) => a - b));
const limits = fc.integer({ min: 1, max: 30 });

test("10,000 devices at 100/s under 1,000 a minute are taken within 549.99 s, each ten seconds of a minute", () => {
  const due = Array.from({ length: 10_000 }, (_, at) => at * 10);
  const admitted = admittedMs(due, 1_000);
  expect(admitted.at(-1)).toBe(549_990);
  expect(admitted[999]).toBe(9_990);
  expect(admitted[1_000]).toBe(60_000);
  expect(mostInWindow(due)).toBe(6_000);
  expect(mostInWindow(admitted)).toBe(1_000);
});

test("no 60 s ever take more than the limit, nobody is taken early, and nobody waits who need not", () => {
  fc.assert(
    fc.property(dues, limits, (due, limit) => {
      const admitted = admittedMs(due, limit);
      expect(admitted).toHaveLength(due.length);
      expect(mostInWindow(admitted)).toBeLessThanOrEqual(limit);
      for (const [at, ms] of admitted.entries()) {
        const leaves = admitted[at - limit];
        expect(ms).toBe(Math.max(due[at] ?? 0, leaves === undefined ? 0 : leaves + 60_000));
      }
    }),
  );
});

test("without a limit each is taken when it is due", () => {
  fc.assert(
    fc.property(dues, (due) => {
      expect(admittedMs(due, Infinity)).toEqual(due);
    }),
  );
});

test("the busiest minute has all that lie within less than 60 s of one another", () => {
  expect(mostInWindow([])).toBe(0);
  expect(mostInWindow([0, 59_999, 60_000])).toBe(2);
});
