import fc from "fast-check";
import { expect, test } from "vitest";

import type { JsonObject } from "../../../src/base/json.ts";
import { parseTwinQuery } from "../../../src/emulator/query/twin-query.ts";
import { selectTwin } from "../../../src/emulator/query/run-twin-query.ts";
import { reportedCondition } from "../../../src/service/shown-by-others.ts";

const isFound = (desired: JsonObject, reported: JsonObject): boolean => {
  const query = parseTwinQuery(`SELECT * FROM devices WHERE ${reportedCondition(desired)}`);
  return selectTwin(query, { deviceId: "d", properties: { reported } }) !== undefined;
};

test("a condition asks for a value flat and acknowledged", () => {
  expect(reportedCondition({ a: { b: "it's" } })).toBe(
    "(properties.reported.a.b = 'it\\'s' OR properties.reported.a.b.value = 'it\\'s')",
  );
});

test("of lists and empty objects alone nothing can be asked", () => {
  expect(reportedCondition({ a: [1], b: {}, c: { __t: "c" } })).toBeUndefined();
});

const key = fc.oneof(
  fc.stringMatching(/^[a-zA-Z_-]{1,6}$/),
  fc.constantFrom("where", "and", "value", "ä", "a-b"),
);
const value = fc.oneof(
  fc.integer(),
  fc.boolean(),
  fc.string(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e20, max: 1e20 }).map((n) => n + 0),
);

test("a device that reports the values is found, one that reports others is not", () => {
  fc.assert(
    fc.property(fc.dictionary(key, value, { minKeys: 1, maxKeys: 4 }), (desired) => {
      const acknowledged = Object.fromEntries(
        Object.entries(desired).map(([name, one]) => [name, { value: one, ac: 200, av: 1 }]),
      );
      expect(isFound(desired, desired)).toBe(true);
      expect(isFound(desired, acknowledged)).toBe(true);
      expect(isFound(desired, {})).toBe(false);
    }),
  );
});
