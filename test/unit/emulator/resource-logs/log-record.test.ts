import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
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

test("what a record keeps of a text keeps nothing else of it in memory", () => {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new TypeError("no collector");
  const held = (): number => {
    Reflect.apply(collect, undefined, []);
    return process.memoryUsage().heapUsed;
  };
  const before = held();
  // As long as MQTT lets a client id be, nearly; Node puts much longer ones outside of the heap.
  const kept = Array.from({ length: 1000 }, (_, n) => {
    const text = Buffer.alloc(60_000, n % 128).toString("latin1");
    return [cut(text), cut(text.slice(n, n + 100))];
  });
  expect(held() - before).toBeLessThan(16 * 1024 * 1024);
  expect(kept.flat().every((text) => text !== undefined && text.length >= 100)).toBe(true);
});
