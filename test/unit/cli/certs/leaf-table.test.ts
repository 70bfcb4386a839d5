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
  const { problems } = parse("registrationId,days,keyKind", ",3,", "a,0,rsa1", "b,,,more");
  expect(problems.map(({ place }) => place)).toEqual([
    "d.csv:2 registrationId",
    "d.csv:3 keyKind",
    "d.csv:3 days",
    "d.csv:4",
  ]);
});

test("a header that is not ours is told, with the column that is near", () => {
  expect(parse("registrationID,days,days", "a,1,1").problems).toEqual([
    {
      place: "d.csv:1",
      message: expect.stringContaining('got "registrationID"'),
      hint: "did you mean registrationId?",
    },
    { place: "d.csv:1", message: "expected column days once" },
    { place: "d.csv:1", message: "expected a column registrationId, got none" },
  ]);
  expect(parse("registrationId").problems).toEqual([
    { place: "d.csv", message: "expected a row for each device, got none" },
  ]);
  expect(parse("registrationId", 'a"b').problems).toMatchObject([
    { message: expect.stringContaining("expected a table in CSV") },
  ]);
});

test("whatever a file holds, there are rows or problems, and nothing throws", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const { rows, problems } = parseLeafTable(`registrationId\n${text}`, "d.csv");
      expect(rows.length + problems.length).toBeGreaterThan(0);
    }),
  );
});
