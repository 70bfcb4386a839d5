import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csharpDouble, roundToEven } from "../../../../devices/shared/csharp-number.ts";

describe("a double as Newtonsoft.Json writes it", () => {
  test.each([
    [0, "0.0"],
    [-0, "-0.0"],
    [85, "85.0"],
    [-3, "-3.0"],
    [69.73, "69.73"],
    [1.2345678901234567, "1.2345678901234567"],
    [0.0001, "0.0001"],
    [0.00012, "0.00012"],
    [0.00001, "1E-05"],
    [-0.0000123, "-1.23E-05"],
    [1e-300, "1E-300"],
    [123_456_789_012_345, "123456789012345.0"],
    [1e15, "1E+15"],
    [1_234_567_890_123_456, "1234567890123456.0"],
    [-1_071_159_689_673_312.1, "-1071159689673312.1"],
    [1e20, "1E+20"],
  ])("%d is %s", (value, text) => {
    expect(csharpDouble(value)).toBe(text);
  });

  test("reads back as the same number, and never as a whole one without a point", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = csharpDouble(value);
        expect(JSON.parse(text)).toBe(value);
        expect(text).toMatch(/[.E]/);
      }),
    );
  });
});

describe("Math.Round", () => {
  test.each([
    [0.125, 2, 0.12],
    [0.375, 2, 0.38],
    [-0.125, 2, -0.12],
    [2.5, 0, 2],
    [3.5, 0, 4],
    [-2.5, 0, -2],
    [1.234567, 5, 1.23457],
    [69.734, 2, 69.73],
    // 1.005 lies below the middle, yet times 100 it is 100.49999999999999.
    [1.005, 2, 1],
  ])("of %d to %d digits is %d", (value, digits, rounded) => {
    expect(roundToEven(value, digits)).toBe(rounded);
  });

  test("is never farther away than half a unit of the last digit", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.nat({ max: 5 }),
        (value, digits) => {
          expect(Math.abs(roundToEven(value, digits) - value)).toBeLessThanOrEqual(
            0.5 * 10 ** -digits + 1e-9,
          );
        },
      ),
    );
  });
});
