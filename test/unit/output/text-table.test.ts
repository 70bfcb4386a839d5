import fc from "fast-check";
import { expect, test } from "vitest";

import { textTable } from "../../../src/output/text-table.ts";
import { displayWidth } from "../../../src/output/text-width.ts";

test("columns stand below their headers", () => {
  const table = textTable(
    ["NAME", "HUB"],
    [
      ["cave-1", "a.azure-devices.net"],
      ["é", "b"],
    ],
  );
  expect(table).toBe("NAME    HUB\ncave-1  a.azure-devices.net\né       b\n");
});

test("whatever a cell holds, a row is one line, and the second column is straight", () => {
  const cell = fc.string({ unit: "grapheme", maxLength: 12 });
  fc.assert(
    fc.property(fc.array(fc.tuple(cell), { minLength: 1, maxLength: 5 }), (cells) => {
      const lines = textTable(
        ["A", "B"],
        cells.map(([text]) => [text, "|"]),
      )
        .trimEnd()
        .split("\n");
      expect(lines).toHaveLength(cells.length + 1);
      const places = lines.slice(1).map((line) => displayWidth(line.slice(0, -1)));
      expect(new Set(places).size).toBe(1);
    }),
  );
});
