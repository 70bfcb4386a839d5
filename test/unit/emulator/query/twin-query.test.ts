import fc from "fast-check";
import { expect, test } from "vitest";
import { parseTwinQuery } from "../../../../src/emulator/query/twin-query.ts";
import { refusalOf } from "./refusal.ts";

test("keywords and the service's own names may be in any case, the user's names not", () => {
  const query = parseTwinQuery(
    "select DeviceID, Properties.Reported.Ab as ab FROM Devices where devices.LASTACTIVITYTIME > '2026' and Tags.Site = 'A'",
  );
  expect(query).toMatchObject({
    projections: [
      { kind: "value", name: "deviceId", path: ["deviceId"] },
      { kind: "value", name: "ab", path: ["properties", "reported", "Ab"] },
    ],
    where: {
      operands: [{ left: { path: ["lastActivityTime"] } }, { left: { path: ["tags", "Site"] } }],
    },
  });
});

test("an aggregate without GROUP BY makes one group", () => {
  expect(parseTwinQuery("SELECT COUNT() AS n FROM devices")).toEqual({
    collection: "devices",
    projections: [{ kind: "count", name: "n" }],
    top: undefined,
    where: undefined,
    groupBy: [],
  });
});

test("TOP, several groups and aggregates are read", () => {
  const text =
    "SELECT TOP 5 tags.a, AVG(properties.reported.t) AS t FROM devices GROUP BY tags.a, status";
  expect(parseTwinQuery(text)).toEqual({
    collection: "devices",
    projections: [
      { kind: "value", name: "a", path: ["tags", "a"] },
      { kind: "aggregate", aggregate: "AVG", name: "t", path: ["properties", "reported", "t"] },
    ],
    top: 5,
    where: undefined,
    groupBy: [["tags", "a"], ["status"]],
  });
});

test.for([
  ["", "at character 1: expected SELECT, found the end"],
  ["DELETE FROM devices", 'at character 1: expected SELECT, found "DELETE"'],
  ["SELECT * devices", 'at character 10: expected FROM, found "devices"'],
  ["SELECT * FROM machines", 'at character 15: expected DEVICES, found "machines"'],
  ["SELECT * FROM devices.modules", "at character 23: expected JOBS"],
  [
    "SELECT * FROM devices LIMIT 5",
    'at character 23: expected WHERE, GROUP BY or the end, found "LIMIT"',
  ],
  ["SELECT * FROM devices WHERE", "at character 28: expected a name or a value, found the end"],
  ["SELECT * FROM devices.jobs WHERE tags.a = 1", "at character 34: a device's job has no tags"],
  ["SELECT * FROM devices WHERE a FROM devices.jobs", "at character 23: expected ."],
  ["SELECT * FROM devices WHERE colour = 1", "at character 29: a twin has no colour"],
  [
    "SELECT * FROM devices WHERE status = 'enabled' ORDER BY deviceId",
    "at character 48: expected an operator",
  ],
  ["SELECT TOP 0 * FROM devices", "at character 12: expected an integer >= 1, found 0"],
  ["SELECT COUNT() FROM devices", "at character 16: expected AS and a name"],
  ["SELECT COUNT(*) AS n FROM devices", 'at character 14: expected ), found "*"'],
  ["SELECT LOWER(tags.a) AS a FROM devices", "at character 8: expected one of COUNT"],
  ["SELECT tags.a, COUNT() AS n FROM devices", "at character 8: tags.a stands beside an aggregate"],
  ["SELECT * FROM devices GROUP BY tags.a", "at character 8: * cannot be grouped"],
  ["SELECT tags.a, properties.desired.a FROM devices", "at character 16: a second a"],
] as const)("%s is refused: %s", ([text, message]) => {
  expect(() => parseTwinQuery(text)).toThrow(message);
});

test("reading any text gives a query or a QueryError", () => {
  const words = fc.constantFrom(
    ..."select * top 1 count ( ) as n from devices . where group by tags deviceId , = 'x'".split(
      " ",
    ),
  );
  const anyText = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(words, { maxLength: 20 }).map((texts) => `SELECT ${texts.join(" ")}`),
  );
  fc.assert(
    fc.property(anyText, (text) => {
      expect(refusalOf(() => parseTwinQuery(text))).toMatch(/^at character \d+: .|^$/);
    }),
    { numRuns: 1000 },
  );
});

test("names in a query over jobs may be in any case, and behind the collection, whatever stands before FROM", () => {
  const text =
    "SELECT DEVICES.Jobs.jobid, error.CODE FROM devices.jobs WHERE devices.jobs.createdTimeUtc > '2026'";
  expect(parseTwinQuery(text)).toMatchObject({
    collection: "devices.jobs",
    projections: [{ path: ["jobId"] }, { path: ["error", "code"] }],
    where: { left: { path: ["createdDateTimeUtc"] } },
  });
  expect(parseTwinQuery("SELECT tags.from FROM devices").collection).toBe("devices");
});
