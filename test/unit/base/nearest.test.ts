import fc from "fast-check";
import { expect, test } from "vitest";
import { editDistance, nearest } from "../../../src/base/nearest.ts";

test("a misspelt word finds the known one", () => {
  expect(nearest("intervall", ["interval", "jitter"])).toBe("interval");
  expect(nearest("registrationid", ["registrationId", "registration"])).toBe("registrationId");
  expect(nearest("zebra", ["interval", "jitter"])).toBeUndefined();
});

test("a known word is nearest to itself", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.array(fc.string()), (word, others) => {
      fc.pre(!others.some((other) => other.toLowerCase() === word.toLowerCase()));
      expect(nearest(word, [...others, word])).toBe(word);
    }),
  );
});

test("the distance is symmetric and at most the longer length", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      expect(editDistance(a, a)).toBe(0);
    }),
  );
});
