import fc from "fast-check";
import { expect, test } from "vitest";
import { describeThrown, thrownAt } from "../../../src/base/thrown-at.ts";

function withStack(stack: string): Error {
  const error = new TypeError("no");
  error.stack = stack;
  return error;
}

test.for<readonly [stack: string, place: string | undefined]>([
  [
    "TypeError: no\n    at JSON.parse (<anonymous>)\n    at step (/m/mine.mjs:7:3)",
    "/m/mine.mjs:7",
  ],
  ["TypeError: no\n    at file:///m/my%20gauge.mjs:12:34", "/m/my gauge.mjs:12"],
  ["TypeError: no\n    at async load (file:///m/mine.mjs?v=2:1:1)", "/m/mine.mjs:1"],
  ["TypeError: no\n    at Object.step (C:\\m\\mine.ts:9:1)", "C:\\m\\mine.ts:9"],
  ["TypeError: no\n    at f (node:fs:1:2)\n    at new Cave (/m (1)/x.ts:3:4)", "/m (1)/x.ts:3"],
  ["TypeError: no\n    at f (node:fs:1:2)", undefined],
  ["TypeError: /m/mine.mjs:7:3", undefined],
])("%j was thrown at %s", ([stack, place]) => {
  expect(thrownAt(withStack(stack))).toBe(place);
});

test("what was thrown is told in one line, with its place where there is one", () => {
  expect(describeThrown(new RangeError("first\nsecond"))).toMatch(
    /^RangeError: first \(.*thrown-at\.test\.ts:\d+\)$/,
  );
  expect(describeThrown("no error at all")).toBe("no error at all");
  expect(describeThrown(undefined)).toBe("undefined");
});

test("whatever stands in a stack, and whatever is thrown, nothing is thrown anew", () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.anything({ withNullPrototype: true, withBigInt: true }),
      (stack, thrown) => {
        expect(thrownAt(withStack(stack)) ?? "").toBeTypeOf("string");
        expect(describeThrown(thrown)).toBeTypeOf("string");
      },
    ),
  );
});
