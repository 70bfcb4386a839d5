import fc from "fast-check";
import { expect, test } from "vitest";

import { markdownTable, markdownText } from "../../../src/output/markdown.ts";
import { printable } from "../../../src/output/text-width.ts";

const texts = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom(...Array.from("\\`*_[]<>&|~$:@#!x \n\u001B")) }),
);

/** Source: CommonMark 0.31, section 2.4: a backslash before any ASCII punctuation. */
const ESCAPE = /\\([!-/:-@[-`{-~])/g;

test("dropping its backslashes undoes escaping a text", () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(markdownText(text).replaceAll(ESCAPE, "$1")).toBe(printable(text));
    }),
  );
});

test("an escaped text stays in its cell, on its line, and marks nothing up", () => {
  fc.assert(
    fc.property(texts, (text) => {
      const bare = markdownText(text).replaceAll(ESCAPE, "");
      expect(bare).not.toMatch(/[\\`*_[\]<>&|~$:@#!\n\r]/);
    }),
  );
});

test("a table has a line of marks that sets numbers to the right", () => {
  expect(markdownTable(["name", "count:"], [["a", "1"]])).toBe(
    "| name | count |\n| --- | ---: |\n| a | 1 |\n",
  );
});
