import fc from "fast-check";
import { expect, test } from "vitest";
import { celsiusOf, fahrenheitOf, kelvinsOf } from "../../../../devices/shared/units.ts";

test("50 °F are 10 °C, and 70 °F are 21.11 °C", () => {
  expect(celsiusOf(50)).toBeCloseTo(10, 12);
  expect(fahrenheitOf(10)).toBe(50);
  expect(celsiusOf(70)).toBeCloseTo(21.1111, 4);
  expect(fahrenheitOf(-40)).toBe(-40);
});

test("a band of 5 °F is one of 2.7778 K, without the offset", () => {
  expect(kelvinsOf(5)).toBeCloseTo(2.7778, 4);
});

test("one way undoes the other", () => {
  fc.assert(
    fc.property(fc.double({ min: -500, max: 500, noNaN: true }), (degrees) => {
      expect(fahrenheitOf(celsiusOf(degrees))).toBeCloseTo(degrees, 9);
    }),
  );
});
