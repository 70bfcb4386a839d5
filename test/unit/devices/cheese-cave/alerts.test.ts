import { expect, test } from "vitest";
import { alertsOf } from "../../../../devices/cheese-cave/alerts.ts";
import { newCave } from "../../../../devices/cheese-cave/cave.ts";
import { model } from "../../../../devices/cheese-cave/index.ts";
import { CHEESE_CAVE } from "../../../../devices/cheese-cave/place.ts";
import { caveIn, INITIAL } from "./caves.ts";

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

test("limits can be set, and are told by a cave that tells its limits", () => {
  const settings = { temperatureLimit: 12, humidityLimit: 25 };
  const [message] = caveIn("module", { settings, draw: () => 0.5 }).run(1);
  expect(message?.properties).toEqual({ sensorID: "S1", fanAlert: "false" });
  expect(caveIn("pnp", { settings }).device.desired({}, INITIAL)).toMatchObject(settings);
  expect(model.checkSettings({ temperatureLimit: 0, humidityLimit: 101 })).toEqual([
    "temperatureLimit: expected a number above 0 and at most 100 (degrees), got 0",
    "humidityLimit: expected a number above 0 and at most 100 (%), got 101",
  ]);
});
