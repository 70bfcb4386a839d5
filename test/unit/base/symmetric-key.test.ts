import fc from "fast-check";
import { expect, test } from "vitest";
import { derivedDeviceKey, isSymmetricKey } from "../../../src/base/symmetric-key.ts";

const base64 = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength }).map((bytes) => Buffer.from(bytes).toString("base64"));

test("a device's key is derived from the group's as in Microsoft's sample", () => {
  // Microsoft Learn, "How to provision devices using symmetric key enrollment groups", derive a device key.
  const groupKey =
    "8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==";
  const id = "sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6";
  const derived = "Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc=";
  expect(derivedDeviceKey(groupKey, id)).toBe(derived);
  expect(derivedDeviceKey(groupKey, id.toUpperCase())).toBe(derived);
});

test("a derived key is a key itself", () => {
  fc.assert(
    fc.property(base64(16, 64), fc.string(), (groupKey, id) => {
      expect(isSymmetricKey(derivedDeviceKey(groupKey, id))).toBe(true);
    }),
  );
});

test("a key is base64 of 16 to 64 bytes", () => {
  fc.assert(fc.property(base64(16, 64), (key) => isSymmetricKey(key)));
  fc.assert(fc.property(base64(0, 15), (key) => !isSymmetricKey(key)));
  fc.assert(fc.property(base64(65, 80), (key) => !isSymmetricKey(key)));
  expect(isSymmetricKey("not base64 at all, but long enough")).toBe(false);
});
