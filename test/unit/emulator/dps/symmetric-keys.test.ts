import fc from "fast-check";
import { expect, test } from "vitest";
import {
  deviceKeys,
  isSymmetricKey,
  newSymmetricKey,
} from "../../../../src/emulator/dps/symmetric-keys.ts";

const base64 = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength }).map((bytes) => Buffer.from(bytes).toString("base64"));

test("a device's key is derived from the group's as in Microsoft's sample", () => {
  // Microsoft Learn, "How to provision devices using symmetric key enrollment groups", derive a device key.
  const primaryKey =
    "8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==";
  const id = "sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6";
  const derived = "Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc=";
  const keys = { primaryKey, secondaryKey: newSymmetricKey() };
  expect(deviceKeys(keys, id).primaryKey).toBe(derived);
  expect(deviceKeys(keys, id.toUpperCase()).primaryKey).toBe(derived);
});

test("devices of a group have different keys, which are none of the group's", () => {
  fc.assert(
    // Of one length: HMAC fills a shorter key with zeros.
    fc.property(base64(64, 64), base64(64, 64), (primaryKey, secondaryKey) => {
      const group = { primaryKey, secondaryKey };
      const one = deviceKeys(group, "one");
      expect(one.primaryKey).not.toBe(deviceKeys(group, "two").primaryKey);
      expect(Object.values(group)).not.toContain(one.primaryKey);
      expect(one.primaryKey === one.secondaryKey).toBe(primaryKey === secondaryKey);
    }),
  );
});

test("a key is base64 of 16 to 64 bytes, and a new one has 64", () => {
  fc.assert(fc.property(base64(16, 64), (key) => isSymmetricKey(key)));
  fc.assert(fc.property(base64(0, 15), (key) => !isSymmetricKey(key)));
  fc.assert(fc.property(base64(65, 80), (key) => !isSymmetricKey(key)));
  expect(isSymmetricKey("not base64 at all, but long enough")).toBe(false);
  expect(Buffer.from(newSymmetricKey(), "base64")).toHaveLength(64);
});
