import fc from "fast-check";
import { expect, test } from "vitest";
import { errorCode } from "../../../src/base/error-code.ts";

test("the code of an error is its text, and nothing else is one", () => {
  expect(errorCode(Object.assign(new Error("x"), { code: "ENOENT" }))).toBe("ENOENT");
  expect(errorCode(Object.assign(new Error("x"), { code: 5 }))).toBeUndefined();
  fc.assert(fc.property(fc.anything(), (value) => void errorCode(value)));
});
