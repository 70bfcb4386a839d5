import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csharpText, numberText, stringText } from "../../../../devices/cheese-cave/message.ts";

describe("a reading", () => {
  test.each([
    [85, "85", "85.0", '"85.00"'],
    [69.734, "69.73", "69.73", '"69.73"'],
    [99.5, "99.5", "99.5", '"99.50"'],
    [69.999, "70", "70.0", '"70.00"'],
    // A half: up, to the even neighbour, and up again.
    [0.125, "0.13", "0.12", '"0.13"'],
    // A little more than its text says, but a hundred times it is just 6.5.
    [0.065, "0.07", "0.06", '"0.07"'],
    // A little less than its text says, but a hundred times it is just 267.5.
    [2.675, "2.68", "2.68", '"2.67"'],
    [-0.001, "0", "-0.0", '"-0.00"'],
  ])("of %d is the number %s, in C# %s, the text %s", (value, number, csharp, text) => {
    expect([numberText(value), csharpText(value), stringText(value)]).toEqual([
      number,
      csharp,
      text,
    ]);
  });

  test("is JSON, at most half a hundredth away, whatever the style", () => {
    fc.assert(
      fc.property(fc.double({ min: -1_000, max: 1_000, noNaN: true }), (value) => {
        for (const text of [numberText(value), csharpText(value), stringText(value)]) {
          expect(Math.abs(Number(JSON.parse(text)) - value)).toBeLessThan(0.005 + 1e-9);
        }
        expect(csharpText(value)).toMatch(/^-?\d+\.\d{1,2}$/);
        expect(stringText(value)).toMatch(/^"-?\d+\.\d{2}"$/);
      }),
    );
  });
});
