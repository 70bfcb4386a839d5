import { expect, test } from "vitest";
import { QueryError } from "../../../../src/emulator/query/query-error.ts";
import { parseTwinCondition } from "../../../../src/emulator/query/twin-condition.ts";

const TWIN = { deviceId: "cave-1", tags: { site: "A", floor: 3 }, properties: { desired: {} } };

test.for(["*", "", "  ", " * "])("%j holds for every twin", (text) => {
  expect(parseTwinCondition(text)(TWIN)).toBe(true);
  expect(parseTwinCondition(text)({})).toBe(true);
});

test.for([
  ["deviceId IN ['cave-1', 'cave-2']", true],
  ["DeviceId IN ['cave-2']", false],
  ["tags.site = 'A' AND tags.floor >= 3", true],
  ["tags.site = 'B'", false],
  ["is_defined(properties.desired.fan)", false],
] as const)("%s is %s of a twin that is so", ([text, expected]) => {
  expect(parseTwinCondition(text)(TWIN)).toBe(expected);
});

test.for(["SELECT * FROM devices", "**", "tags.", "deviceId IN [", "WHERE deviceId = 'a'"])(
  "%j is no condition",
  (text) => {
    expect(() => parseTwinCondition(text)).toThrow(QueryError);
  },
);
