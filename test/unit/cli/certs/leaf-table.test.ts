import fc from "fast-check";
import { expect, test } from "vitest";

import { parseLeafTable } from "../../../../src/cli/certs/leaf-table.ts";

const parse = (...lines: readonly string[]) => parseLeafTable(lines.join("\n"), "d.csv");

test("a row asks for a leaf, and an empty cell says nothing", () => {
  expect(
    parse("\u{FEFF}registrationId,days,signer,keyKind", "a,30,line,p384", "", '"b,1",,,'),
  ).toEqual({
    rows: [
      { registrationId: "a", days: 30, signer: "line", keyKind: "p384", place: "d.csv:2" },
      { registrationId: "b,1", place: "d.csv:4" },
    ],
    problems: [],
  });
});

test("every bad row is told with its line", () => {
  const { problems } = parse("registrationId,days,keyKind", ",3,", "a,0,rsa1", "b,,", "c,,,more");
  expect(problems.map(({ place }) => place)).toEqual([
    "d.csv:5",
    "d.csv:2 registrationId",
    "d.csv:3 keyKind",
    "d.csv:3 days",
  ]);
});

test("a header that is not ours is told, with the column that is near", () => {
  expect(parse("registrationID,days,days", "a,1,1").problems).toEqual([
    {
      place: "d.csv:1",
      message: 'unknown column "registrationID"',
      hint: "did you mean registrationId?",
    },
    { place: "d.csv:1", message: "the column days is there twice" },
  ]);
  expect(parse("days,signer", "1,line").problems).toEqual([
    { place: "d.csv", message: expect.stringContaining("expected a column registrationId") },
  ]);
  expect(parse("registrationId").problems).toEqual([
    { place: "d.csv", message: "expected a row for each device, got none" },
  ]);
  expect(parse("registrationId", 'a"b').problems).toMatchObject([{ place: "d.csv:2" }]);
});

test("a table of more devices than one command issues is told, not issued", () => {
  const ids = Array.from({ length: 100_001 }, (_, n) => `cave${n}`);
  expect(parse("registrationId", ...ids)).toEqual({
    rows: [],
    problems: [{ place: "d.csv", message: "expected at most 100000 devices, got 100001" }],
  });
});

test("whatever a file holds, there are rows or problems, and nothing throws", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const { rows, problems } = parseLeafTable(`registrationId\n${text}`, "d.csv");
      expect(rows.length + problems.length).toBeGreaterThan(0);
    }),
  );
});
