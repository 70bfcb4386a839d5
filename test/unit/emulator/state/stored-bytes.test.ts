import fc from "fast-check";
import { expect, test } from "vitest";
import {
  entryKey,
  packedFrom,
  packedParts,
  parseStoredKey,
  rowKey,
  seal,
  unseal,
} from "../../../../src/emulator/state/stored-bytes.ts";

const name = fc.string().filter((text) => !text.includes("\0"));
const number = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const bytes = fc.uint8Array().map((array) => Buffer.from(array));

test("a key in the store tells of what it is", () => {
  fc.assert(
    fc.property(name, fc.string(), number, (table, key, n) => {
      expect(parseStoredKey(rowKey(table, key))).toEqual({ kind: "row", table, key });
      expect(parseStoredKey(entryKey(table, n))).toEqual({ kind: "entry", log: table, number: n });
    }),
  );
  fc.assert(fc.property(fc.string(), (key) => void parseStoredKey(key)));
});

test("keys of entries are in the order of their numbers", () => {
  fc.assert(
    fc.property(number, number, (a, b) => {
      expect(entryKey("log", a) < entryKey("log", b)).toBe(a < b);
    }),
  );
});

test("bytes are taken out as they were put in, under their key and no other", () => {
  fc.assert(
    fc.property(fc.string(), bytes, (key, content) => {
      expect(unseal(key, seal(key, content))).toEqual(content);
      expect(unseal(`${key}!`, seal(key, content))).toBeUndefined();
    }),
  );
});

test("one bit that has changed is noticed", () => {
  fc.assert(
    fc.property(bytes, fc.nat(), (content, bit) => {
      const sealed = seal("key", content);
      const at = bit % (8 * sealed.length);
      sealed.writeUInt8(sealed.readUInt8(at >> 3) ^ (1 << (at & 7)), at >> 3);
      expect(unseal("key", sealed)).toBeUndefined();
    }),
  );
});

test("a head and a body are told apart again, and what is cut off is none", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), bytes, (head, body) => {
      const packed = Buffer.concat([...packedParts({ head, body })]);
      expect(packedFrom(packed)).toEqual({ head, body });
    }),
  );
  expect(packedFrom(Buffer.from([0, 0, 0]))).toBeUndefined();
  expect(packedFrom(Buffer.from([0, 0, 0, 2, 65]))).toBeUndefined();
});
