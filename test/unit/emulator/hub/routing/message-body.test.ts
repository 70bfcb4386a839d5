import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonBody } from "../../../../../src/emulator/hub/routing/message-body.ts";

const JSON_TYPE = "application/json";

/** Text as UTF-32, with or without a byte order mark. */
function utf32(text: string, isLittle: boolean): Buffer {
  const points = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const bytes = Buffer.alloc(points.length * 4);
  for (const [index, point] of points.entries())
    if (isLittle) bytes.writeUInt32LE(point, index * 4);
    else bytes.writeUInt32BE(point, index * 4);
  return bytes;
}

const encodings: readonly (readonly [name: string, encode: (text: string) => Buffer])[] = [
  ["utf-8", (text) => Buffer.from(text)],
  ["UTF-8", (text) => Buffer.from(text)],
  ["utf-16", (text) => Buffer.from(text, "utf16le")],
  ["utf-16", (text) => Buffer.from(`\uFEFF${text}`, "utf16le").swap16()],
  ["utf-16be", (text) => Buffer.from(text, "utf16le").swap16()],
  ["utf-32", (text) => utf32(text, true)],
  ["utf-32", (text) => utf32(`\uFEFF${text}`, true)],
  ["utf-32", (text) => utf32(`\uFEFF${text}`, false)],
  ["utf-32be", (text) => utf32(text, false)],
];

test.for(encodings)("any JSON is read back from %s", ([encoding, encode]) => {
  fc.assert(
    fc.property(fc.json({ stringUnit: "binary" }), (text) => {
      expect(jsonBody(encode(text), JSON_TYPE, encoding)).toEqual(JSON.parse(text));
    }),
  );
});

test("any bytes are JSON or nothing", () => {
  fc.assert(
    fc.property(
      fc.uint8Array(),
      fc.constantFrom("utf-8", "utf-16", "utf-16be", "utf-32", "utf-32le", "latin1", undefined),
      (body, encoding) => {
        expect(() => jsonBody(body, JSON_TYPE, encoding)).not.toThrow();
      },
    ),
  );
});

test("only JSON by type and UTF by encoding has members", () => {
  const body = Buffer.from('{"a":1}');
  expect(jsonBody(body, "Application/JSON; charset=utf-8", "utf-8")).toEqual({ a: 1 });
  expect(jsonBody(body, "text/plain", "utf-8")).toBeUndefined();
  expect(jsonBody(body, undefined, "utf-8")).toBeUndefined();
  expect(jsonBody(body, JSON_TYPE, undefined)).toBeUndefined();
  expect(jsonBody(body, JSON_TYPE, "gzip")).toBeUndefined();
  expect(jsonBody(Buffer.from("{"), JSON_TYPE, "utf-8")).toBeUndefined();
});
