import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject } from "../../../../src/base/json.ts";
import { runTwinQuery, selectTwin } from "../../../../src/emulator/query/run-twin-query.ts";
import { parseTwinQuery } from "../../../../src/emulator/query/twin-query.ts";

const TWINS: readonly JsonObject[] = [
  { deviceId: "c", tags: { site: "A", t: 3 } },
  { deviceId: "a", tags: { site: "A", t: "hot" } },
  { deviceId: "b", tags: { site: "B", t: 5 } },
  { deviceId: "d", tags: {} },
];

const run = (text: string, twins = TWINS): readonly JsonObject[] =>
  runTwinQuery(
    parseTwinQuery(text),
    twins.map((twin) => ({ key: JSON.stringify(twin["deviceId"]), twin })),
  ).map(({ row }) => row);

test("whole twins come by device id, and TOP takes the first", () => {
  expect(run("SELECT TOP 3 * FROM devices").map((twin) => twin["deviceId"])).toEqual([
    "a",
    "b",
    "c",
  ]);
});

test("what is selected and not there is left out", () => {
  expect(
    run("SELECT deviceId, tags.site AS s FROM devices WHERE tags.site != 'A' OR deviceId = 'd'"),
  ).toEqual([{ deviceId: "b", s: "B" }, { deviceId: "d" }]);
});

test("groups are counted, one for what is not there", () => {
  expect(run("SELECT tags.site, COUNT() AS n FROM devices GROUP BY tags.site")).toEqual([
    { n: 1 },
    { site: "A", n: 2 },
    { site: "B", n: 1 },
  ]);
});

test("aggregates are over what is a number", () => {
  const text =
    "SELECT SUM(tags.t) AS s, AVG(tags.t) AS a, MIN(tags.t) AS least, MAX(tags.t) AS most, COUNT() AS n FROM devices";
  expect(run(text)).toEqual([{ s: 8, a: 4, least: 3, most: 5, n: 4 }]);
  expect(run(text, [])).toEqual([{ s: 0, n: 0 }]);
});

test("the counts of all groups sum to the count of the twins", () => {
  const anyTwins = fc.array(
    fc.record({ tags: fc.dictionary(fc.constantFrom("a", "__proto__"), fc.jsonValue()) }),
  );
  fc.assert(
    fc.property(anyTwins, (given) => {
      const twins: JsonObject[] = JSON.parse(JSON.stringify(given));
      const rows = run("SELECT tags.a AS a, COUNT() AS n FROM devices GROUP BY tags.a", twins);
      expect(rows.reduce((sum, row) => sum + Number(row["n"]), 0)).toBe(twins.length);
    }),
  );
});

test("a member named as the prototype is an own member", () => {
  const query = parseTwinQuery("SELECT tags.a AS __proto__ FROM devices");
  const row = selectTwin(query, { tags: { a: 1 } });
  expect(Object.hasOwn(row ?? {}, "__proto__")).toBe(true);
});
