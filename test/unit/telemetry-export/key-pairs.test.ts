import fc from "fast-check";
import { expect, test } from "vitest";
import { parseKeyPairs } from "../../../src/telemetry-export/key-pairs.ts";

const name = fc.stringMatching(/^[a-z.-]+$/).filter((text) => text !== "__proto__");

test("parsing undoes writing, whatever the values are", () => {
  fc.assert(
    fc.property(fc.dictionary(name, fc.string({ unit: "grapheme" })), (pairs) => {
      const parts = Object.entries(pairs).map(
        ([key, value]) => `${key}=${encodeURIComponent(value)}`,
      );
      expect(parseKeyPairs(parts.join(","))).toEqual({ ...pairs });
    }),
  );
});

test("spaces around names and values do not count, an = in a value does", () => {
  expect(parseKeyPairs(" a = 1 ,, b=c=d, ")).toEqual({ a: "1", b: "c=d" });
});

test("what is no list of pairs is none, and never throws", () => {
  for (const text of ["a", "=1", "a=%", "a b=1", "a=1,b"])
    expect(parseKeyPairs(text)).toBeUndefined();
  fc.assert(fc.property(fc.string(), (text) => void parseKeyPairs(text)));
});
