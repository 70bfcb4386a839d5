import fc from "fast-check";
import { expect, test } from "vitest";

import { steppedValues, stepProblems, timesStepped } from "../../../src/base/stepped-values.ts";

test("each round has the values of the one before and the step", () => {
  const values = { temperature: 50, fan: { speed: 1, on: true } };
  const step = { temperature: 0.1, fan: { speed: 2 } };
  expect([0, 1, 3].map((times) => steppedValues(values, step, times))).toEqual([
    values,
    { temperature: 50.1, fan: { speed: 3, on: true } },
    { temperature: 50.3, fan: { speed: 7, on: true } },
  ]);
  expect(steppedValues(values, undefined, 7)).toEqual(values);
});

test("which round values are of is found in them", () => {
  const decimal = fc.integer({ min: -100_000, max: 100_000 }).map((whole) => whole / 1_000);
  fc.assert(
    fc.property(
      decimal,
      decimal.filter((by) => by !== 0),
      fc.nat(100_000),
      fc.boolean(),
      (value, by, times, isNested) => {
        const nest = (inner: number) => (isNested ? { fan: { speed: inner } } : { speed: inner });
        const shown = steppedValues(nest(value), nest(by), times);
        expect(timesStepped(nest(value), nest(by), shown)).toBe(times);
      },
    ),
  );
  expect(timesStepped({ name: "a" }, undefined, { name: "a" })).toBe(0);
  expect(timesStepped({ speed: 1 }, { speed: 2 }, {})).toBe(0);
});

test("a step is refused where there is no number to add it to", () => {
  expect(stepProblems({ a: 1, b: { c: 2 } }, { a: 1, b: { c: 1 } })).toEqual([]);
  expect(stepProblems({ a: "1", b: { c: 2 } }, { a: 1, b: { d: 1 }, e: true })).toEqual([
    { path: ["a"], message: 'expected a number there in desired too, got "1"' },
    { path: ["b", "d"], message: "expected a number there in desired too, got nothing" },
    { path: ["e"], message: "expected a number, got true" },
  ]);
});
