import fc from "fast-check";
import { expect, test } from "vitest";
import { changeOf } from "../../../../src/report/compare/change.ts";

test("a change is the difference as a part of the first value", () => {
  expect(changeOf(100, 110)).toBeCloseTo(0.1);
  expect(changeOf(100, 50)).toBe(-0.5);
  expect(changeOf(0, 0)).toBe(0);
  expect(changeOf(0, 3)).toBe(Infinity);
  expect(changeOf(null, 3)).toBeNull();
  expect(changeOf(3, null)).toBeNull();
});

test("what is equal has not changed, and a change leads back to the second value", () => {
  const value = fc.double({ min: 0.001, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(changeOf(a, a)).toBe(0);
      expect(a + (changeOf(a, b) ?? NaN) * a).toBeCloseTo(b, 3);
    }),
  );
});
