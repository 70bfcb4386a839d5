import fc from "fast-check";
import { expect, test } from "vitest";
import { intervalOf, numberOf } from "../../../../devices/shared/desired.ts";

test.each([
  [50, 50],
  ["50.5", 50.5],
  [" 7 ", 7],
  ["", undefined],
  ["  ", undefined],
  ["50F", undefined],
  ["NaN", undefined],
  ["Infinity", undefined],
  [true, undefined],
  [null, undefined],
  [undefined, undefined],
  [[50], undefined],
  [{ value: 50 }, undefined],
])("the wish %j is the number %s", (wish, expected) => {
  expect(numberOf(wish)).toBe(expected);
});

test.each([
  [2, 2],
  ["1.5", 1.5],
  [86_400, 86_400],
  [86_401, undefined],
  [0, undefined],
  [-1, undefined],
  ["soon", undefined],
])("the wish %j is an interval of %s seconds", (wish, expected) => {
  expect(intervalOf(wish)).toBe(expected);
});

test("a finite number is understood as a number and as its text", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(numberOf(value)).toBe(value);
      expect(numberOf(String(value))).toBe(value === 0 ? 0 : value);
    }),
  );
});
