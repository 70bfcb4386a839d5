import fc from "fast-check";
import { expect, test } from "vitest";

import { frameText } from "../../../src/output/frame.ts";
import { displayWidth, fit, printable } from "../../../src/output/text-width.ts";
import { VirtualTerminal } from "../../support/virtual-terminal.ts";

test.each([
  ["abc", 3],
  ["チーズ", 6],
  ["🧀", 2],
  ["é", 1],
  ["\u001B[32mok\u001B[39m", 2],
  ["", 0],
])("%j takes %i columns", (text, width) => expect(displayWidth(text)).toBe(width));

test.each([
  ["abcdef", 4, "abc…"],
  ["abcd", 4, "abcd"],
  ["チーズ洞", 5, "チー…"],
  ["\u001B[32mabcdef\u001B[39m", 3, "\u001B[32mab…\u001B[0m"],
  ["abc", 0, ""],
])("%j fits %i columns as %j", (text, columns, fitted) => expect(fit(text, columns)).toBe(fitted));

test("what fits takes no more columns than there are", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(30), (text, columns) => {
      expect(displayWidth(fit(text, columns))).toBeLessThanOrEqual(columns);
    }),
  );
});

test("text of others cannot move the cursor", () => {
  expect(printable("bad\u001B[2J\r\nname\u0007")).toBe("bad name ");
});

test("from any frame to any other, the terminal shows the other", () => {
  const line = fc.string({ maxLength: 10 }).map(printable);
  const frame = fc.array(line, { maxLength: 6 });
  fc.assert(
    fc.property(frame, frame, (before, after) => {
      const terminal = new VirtualTerminal({ columns: 10, rows: 6 });
      terminal.write(frameText(undefined, before, 10));
      terminal.write(frameText(before, after, 10));
      const trimmed = after.map((text) => text.trimEnd());
      expect(terminal.shown()).toEqual(
        trimmed.slice(0, trimmed.findLastIndex((text) => text !== "") + 1),
      );
      expect(frameText(after, after, 10)).toBe("");
    }),
  );
});
