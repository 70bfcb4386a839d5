import fc from "fast-check";
import { expect, test } from "vitest";
import { parseJson } from "../../../src/emulator/parse-json.ts";

const nested = (open: string, inner: string, close: string, levels: number): string =>
  open.repeat(levels) + inner + close.repeat(levels);

test("JSON is read as JSON.parse reads it", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 20 }), (text) => {
      expect(parseJson(text)).toEqual(JSON.parse(text));
    }),
  );
});

/** What `read` gives, or undefined for a SyntaxError. */
function readBy(read: (text: string) => unknown, text: string): unknown {
  try {
    return read(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

test("of any text that does not nest too deep, the same is read and refused as by JSON.parse", () => {
  const pieces = ["[", "]", "{", "}", '"', ":", ",", "\\", " ", "a", "1", "null"];
  const text = fc.string({ maxLength: 250, unit: fc.constantFrom(...pieces) });
  fc.assert(
    fc.property(text, (short) => {
      const long = short.padEnd(600, " ");
      expect(readBy(parseJson, long)).toEqual(readBy(JSON.parse, long));
    }),
  );
});

test.for([
  ["arrays", "[", "1", "]"],
  ["objects", '{"a":', "1", "}"],
  ["arrays in objects, each behind a string with brackets", '{"]}\\"":"[","a":[', "1", "]}"],
] as const)("256 levels of %s are read, more are refused", ([, open, inner, close]) => {
  const each = (open.match(/(?<=^|:|,)[[{]/g) ?? []).length;
  expect(() => parseJson(nested(open, inner, close, 256 / each))).not.toThrow();
  expect(() => parseJson(nested(open, inner, close, 256 / each + 1))).toThrow("256 levels");
  expect(() => parseJson(nested(open, inner, close, 100_000))).toThrow("256 levels");
});

test("brackets inside of strings are no levels", () => {
  const text = JSON.stringify({ s: '[{"'.repeat(1000), t: "\\".repeat(999) });
  expect(parseJson(text)).toEqual(JSON.parse(text));
});
