import fc from "fast-check";
import { expect, test } from "vitest";
import { deviceKeys, newSymmetricKey } from "../../../../src/emulator/dps/symmetric-keys.ts";

const base64 = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength }).map((bytes) => Buffer.from(bytes).toString("base64"));

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

test("a new key has 64 bytes", () => {
  expect(Buffer.from(newSymmetricKey(), "base64")).toHaveLength(64);
});
