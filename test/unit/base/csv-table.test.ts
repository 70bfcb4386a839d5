import fc from "fast-check";
import { expect, test } from "vitest";
import { parseTable } from "../../../src/base/csv-table.ts";

const COLUMNS = ["id", "cert", "note"] as const;
const read = (text: string) => parseTable(text, "t.csv", COLUMNS);

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

test("reading a table undoes writing it, whatever the order of its columns", () => {
  // Of one line each, since a row is told by its line.
  const cell = fc.string().map((text) => text.replaceAll(/[\r\n]/g, " ").trim());
  const row = fc.record({ id: cell.filter((text) => text !== ""), cert: cell, note: cell });
  fc.assert(
    fc.property(
      fc.shuffledSubarray([...COLUMNS], { minLength: 3 }),
      fc.array(row),
      (order, rows) => {
        const lines = rows.map((one) => order.map((name) => quoted(one[name])).join(","));
        const { rows: found, problems } = read([order.join(","), ...lines].join("\n"));
        expect(problems).toEqual([]);
        expect(found.map(({ place }) => place)).toEqual(rows.map((_, at) => `t.csv:${at + 2}`));
        expect(found.map(({ cells }) => ({ cert: "", note: "", ...cells }))).toEqual(rows);
      },
    ),
  );
});

test("no text is too strange to be read", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(read(text).problems).toBeInstanceOf(Array);
    }),
  );
});

test("a byte order mark, other line ends, empty lines and spaces change nothing", () => {
  expect(read("\uFEFFid, cert\r\n\r\n a ,x.pem\r\n")).toEqual({
    rows: [{ place: "t.csv:3", cells: { id: "a", cert: "x.pem" } }],
    problems: [],
  });
});

test.each([
  ["", "t.csv", "expected a first line with columns such as id,cert,note, got an empty file"],
  ["id,crt\na,b\n", "t.csv:1", 'unknown column "crt"'],
  ["id,id\na,b\n", "t.csv:1", "the column id is there twice"],
  ["id,cert\na\n", "t.csv:2", "expected 2 cells as in the first line, got 1"],
  ['id,cert\na,"b\n', "t.csv:2", "quotes closed"],
])("%j is told", (text, place, message) => {
  expect(read(text).problems).toEqual([
    expect.objectContaining({ place, message: expect.stringContaining(message) }),
  ]);
});

test("an unknown column is told with the nearest one", () => {
  expect(read("id,crt\n").problems[0]?.hint).toBe("did you mean cert?");
});
