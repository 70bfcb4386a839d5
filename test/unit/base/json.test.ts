import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonTrouble } from "../../../src/base/json.ts";

test("every JSON value may travel", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(jsonTrouble(value)).toBe(undefined);
    }),
  );
});

test.for<readonly [value: unknown, trouble: string | undefined]>([
  [{ a: undefined }, undefined],
  [undefined, "expected JSON, got a undefined"],
  [Number.NaN, "expected JSON, got NaN"],
  [{ a: [{ b: -Infinity }] }, "a.0.b: expected JSON, got -Infinity"],
  [{ a: Symbol("x") }, "a: expected JSON, got a symbol"],
])("of %o is told: %s", ([value, trouble]) => {
  expect(jsonTrouble(value)).toBe(trouble);
});
