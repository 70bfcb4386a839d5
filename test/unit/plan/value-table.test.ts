import { expect, test } from "vitest";
import { parseValueTable } from "../../../src/plan/value-table.ts";

const problemsOf = (text: string) => parseValueTable(text, "t.csv").problems;

test("a table may have any columns, and any order of them", () => {
  const { table, problems } = parseValueTable("size,registrationId\n3,a\n4,b\n", "t.csv");
  expect(problems).toEqual([]);
  expect(table.columns).toEqual(["size", "registrationId"]);
  expect(table.byId?.get("b")?.cells["size"]).toBe("4");
  expect(parseValueTable("size\n3\n", "t.csv").table.byId).toBeUndefined();
});

test("every row that is no row of one device is told", () => {
  expect(problemsOf("registrationId,size\na,1\n,2\na,3\nb\n")).toEqual([
    { place: "t.csv:5", message: "expected 2 cells as in the first line, got 1" },
    { place: "t.csv:3", message: "expected a registrationId, got an empty cell" },
    {
      place: "t.csv:4",
      message: 'expected each registration id once, got "a" again, as in t.csv:2',
    },
  ]);
});

test("a table without names or rows is none", () => {
  expect(problemsOf("")).toEqual([
    {
      place: "t.csv",
      message: "expected a first line with the names of columns, got an empty file",
    },
  ]);
  expect(problemsOf("size,,size\n1,2,3\n")).toEqual([
    { place: "t.csv:1", message: "expected a name for each column" },
    { place: "t.csv:1", message: "the column size is there twice" },
  ]);
  expect(problemsOf("size\n")).toEqual([
    { place: "t.csv", message: "expected a row for each device, got none" },
  ]);
});
