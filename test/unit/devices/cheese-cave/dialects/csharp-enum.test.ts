import fc from "fast-check";
import { expect, test } from "vitest";
import { parseEnum } from "../../../../../devices/cheese-cave/dialects/csharp-enum.ts";

const NAMES = ["off", "on", "failed"];

test.each([
  ["on", 1],
  [" failed ", 2],
  ["1", 1],
  ["7", 7],
  ["+2", 2],
  ["-1", -1],
  ["2147483647", 2_147_483_647],
  ["2147483648", undefined],
  ["off,on", 1],
  ["on, failed", 3],
  ["on,", undefined],
  ["on,,off", undefined],
  ["1,on", undefined],
  ["On", undefined],
  ["", undefined],
  ["1.5", undefined],
])("%j is the enum value %s", (text, value) => {
  expect(parseEnum(text, NAMES)).toBe(value);
});

test("any 32-bit number and any list of names is one, no text throws", () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(fc.constantFrom(...NAMES), { minLength: 1 }), (n, names) => {
      expect(parseEnum(String(n), NAMES)).toBe(n);
      const joined = names.reduce((bits, name) => bits | NAMES.indexOf(name), 0);
      expect(parseEnum(names.join(" , "), NAMES)).toBe(joined);
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => void parseEnum(text, NAMES)));
});
