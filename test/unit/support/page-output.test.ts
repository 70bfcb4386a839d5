import fc from "fast-check";
import { expect, test } from "vitest";
import { ANY, mismatch } from "../../support/page-output.ts";

const lines = fc.array(fc.stringMatching(/^[a-z.*(]{0,6}$/), { maxLength: 12 });

test("what was printed fits itself, and no other line in any place", () => {
  fc.assert(
    fc.property(lines, fc.nat(), (printed, at) => {
      expect(mismatch(printed, printed)).toBeUndefined();
      if (printed.length === 0) return;
      const changed = printed.with(at % printed.length, "another line");
      expect(mismatch(printed, changed)).toMatchObject({ got: "another line" });
    }),
  );
});

test("a line that is missing, and one too many, are told with their place", () => {
  expect(mismatch(["a", "b"], ["a"])).toEqual({ at: 1, expected: "b", got: undefined });
  expect(mismatch(["a"], ["a", "b"])).toEqual({ at: 1, expected: undefined, got: "b" });
});

test("three dots are any text in a line, and any lines on their own", () => {
  expect(mismatch([`a ${ANY} b`], ["a 12 b"])).toBeUndefined();
  expect(mismatch([`a ${ANY} b`], ["a 12 c"])).toMatchObject({ got: "a 12 c" });
  expect(mismatch([ANY, "x", ANY, "y"], ["1", "x", "x", "2", "y"])).toBeUndefined();
  expect(mismatch([ANY, "x", ANY, "y"], ["1", "x", "2"])).toBeDefined();
  fc.assert(
    fc.property(lines, (printed) => {
      expect(mismatch([ANY], printed)).toBeUndefined();
    }),
  );
});

test("a table may be as wide as it likes", () => {
  expect(mismatch(["NAME  STATE"], ["NAME                STATE  "])).toBeUndefined();
  expect(mismatch(["NAME  STATE"], ["NAMESTATE"])).toBeDefined();
});
