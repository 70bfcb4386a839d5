import { expect, test } from "vitest";
import { crc32c } from "../../../../src/emulator/state/crc32c.ts";
import { damageOf } from "../../../../src/emulator/state/written-logs.ts";

const BLOCK = 32_768;

/** A record as LevelDB writes one, for the place where it stands. Source: google/leveldb, doc/log_format.md. */
function recordOf(content: string, type = 1): Buffer {
  const body = Buffer.concat([Buffer.from([type]), Buffer.from(content)]);
  const header = Buffer.alloc(6);
  const crc = crc32c(body);
  header.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282_ead8) >>> 0, 0);
  header.writeUInt16LE(content.length, 4);
  return Buffer.concat([header, body]);
}

test("the checksum is Castagnoli's", () => {
  // RFC 3720, B.4.
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a91_36aa);
  expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8_ab43);
});

test("whole records are no damage, also at the end of a block", () => {
  expect(damageOf(Buffer.alloc(0))).toBeUndefined();
  const first = recordOf("x".repeat(BLOCK - 7 - 5));
  const padded = Buffer.concat([first, Buffer.alloc(5), recordOf("a"), recordOf("b")]);
  expect(damageOf(padded)).toBeUndefined();
});

test("a record that was cut off at the end is no damage, and neither is room that was not written to", () => {
  const file = Buffer.concat([recordOf("one"), recordOf("two")]);
  for (let length = recordOf("one").length; length < file.length; length++)
    expect(damageOf(file.subarray(0, length))).toBeUndefined();
  expect(damageOf(Buffer.concat([file, Buffer.alloc(1000)]))).toBeUndefined();
});

test("a byte that has changed is damage, and so is a gap before what was written", () => {
  const one = recordOf("one");
  const file = Buffer.concat([one, recordOf("two"), recordOf("three")]);
  const torn = Buffer.from(file);
  torn.writeUInt8(0x7f, one.length + 8);
  expect(damageOf(torn)).toBe(one.length);
  expect(damageOf(Buffer.concat([one, Buffer.alloc(20), one]))).toBe(one.length);
  expect(damageOf(recordOf("one", 9))).toBe(0);
});
