import fc from "fast-check";
import { expect, test } from "vitest";
import { TEXT_MAX, cut, maskedAddress } from "../../../../src/emulator/resource-logs/log-record.ts";

test("an address loses the part that tells one machine", () => {
  expect(maskedAddress("24.18.226.17")).toBe("24.18.226.XXX");
  expect(maskedAddress("::ffff:127.0.0.1")).toBe("::ffff:127.0.0.XXX");
  expect(maskedAddress("2001:db8::1")).toBe("2001:db8::XXX");
  expect(maskedAddress("::1")).toBe("::XXX");
  expect(maskedAddress(undefined)).toBeUndefined();
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
      expect(maskedAddress(address)).toMatch(/^(.*[.:])?XXX$/);
    }),
  );
});

test("a client's words are kept up to a length, and their end is marked", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 3 * TEXT_MAX }), (text) => {
      const kept = cut(text) ?? "";
      expect(kept.length).toBeLessThanOrEqual(TEXT_MAX + 1);
      expect(kept).toBe(text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX)}…`);
    }),
  );
});
