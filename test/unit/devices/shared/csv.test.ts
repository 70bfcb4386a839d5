import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCsv } from "../../../../devices/shared/csv.ts";

/** Records as the package reads them; undefined = it refuses the text. */
function oracle(text: string): unknown {
  try {
    return parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      record_delimiter: ["\r\n", "\n"],
    });
  } catch {
    return undefined;
  }
}

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

test("what a table is written as is read back, with quotes, commas and line ends in cells", () => {
  const cell = fc.string({
    unit: fc.constantFrom("a", "7", '"', ",", "\n", "\r", " ", "ü"),
    maxLength: 6,
  });
  const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 5 });
  fc.assert(
    fc.property(table, fc.constantFrom("\n", "\r\n"), fc.boolean(), (rows, end, hasBom) => {
      const text = rows.map((cells) => cells.map(quoted).join(",") + end).join("");
      const { records, problem } = parseCsv(`${hasBom ? "\uFEFF" : ""}${text}`);
      expect(problem).toBeUndefined();
      expect(records.map(({ cells }) => cells)).toEqual(rows);
    }),
  );
});

test("any text that is not refused is read as csv-parse reads it", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "7", '"', ",", "\n", "\r\n", " ", "\t"),
    maxLength: 16,
  });
  fc.assert(
    fc.property(text, (each) => {
      const { records, problem } = parseCsv(each);
      fc.pre(problem === undefined);
      expect(records.map(({ cells }) => cells)).toEqual(oracle(each));
    }),
    { numRuns: 2_000 },
  );
});

test("lines are told as an editor counts them, also behind a cell of several lines", () => {
  const { records, problem } = parseCsv('a,b\n\n"x\ny",2\r\n3,4\n5,6"7\n');
  expect(records).toEqual([
    { line: 1, cells: ["a", "b"] },
    { line: 4, cells: ["x\ny", "2"] },
    { line: 5, cells: ["3", "4"] },
  ]);
  expect(problem).toEqual({ line: 6, message: "there is a quote inside a cell without quotes" });
});

test.each([
  ['a\n"b', 2, "a quote is not closed"],
  ['"a"b', 1, "there is text behind a closed quote"],
])("%j is refused with its line", (text, line, message) => {
  expect(parseCsv(text).problem).toEqual({ line, message });
});
