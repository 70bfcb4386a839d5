import fc from "fast-check";
import { expect, test } from "vitest";
import { isSameSecret } from "../../../src/emulator/same-secret.ts";

test("only the same text is the same secret, whatever the lengths", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
      expect(isSameSecret(a, a)).toBe(true);
      expect(isSameSecret(a, b)).toBe(a === b);
      expect(isSameSecret(a, `${a}x`)).toBe(false);
    }),
  );
});
