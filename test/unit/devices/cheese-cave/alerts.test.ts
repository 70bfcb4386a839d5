import { expect, test } from "vitest";
import { alertsOf } from "../../../../devices/cheese-cave/alerts.ts";
import { newCave } from "../../../../devices/cheese-cave/cave.ts";
import { CHEESE_CAVE } from "../../../../devices/cheese-cave/place.ts";

test.each([
  [60, 79, false, false],
  [65, 89, false, false],
  [55, 69, false, false],
  [65 + 1e-9, 89 + 1e-9, true, true],
  [55 - 1e-9, 69 - 1e-9, true, true],
  [Number.NaN, Number.NaN, false, false],
])("at %d degrees and %d percent, wanted 60 and 79: %s, %s", (degrees, percent, hot, humid) => {
  const cave = { ...newCave(CHEESE_CAVE), temperature: degrees, humidity: percent };
  expect(alertsOf(cave, CHEESE_CAVE)).toEqual({ temperature: hot, humidity: humid });
});
