import { expect, test } from "vitest";
import { alertsOf } from "../../../../devices/cheese-cave/alerts.ts";
import { newCave } from "../../../../devices/cheese-cave/cave.ts";
import { model } from "../../../../devices/cheese-cave/index.ts";
import { CHEESE_CAVE } from "../../../../devices/cheese-cave/place.ts";
import type { DeviceUnderTest } from "../../../support/model-device.ts";
import { caveIn, INITIAL, PUSHED } from "./caves.ts";

const raised = (cave: DeviceUnderTest, humidity: number): boolean => {
  cave.device.desired({ humidity }, PUSHED);
  return cave.run(1)[0]?.properties["humidityAlert"] === "true";
};

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

test("a raised alert clears only as far inside as the hysteresis says, in a restored cave too", () => {
  const settings = { alertHysteresis: 0.5 };
  const cave = caveIn("module", { settings, draw: () => 0.5 });
  // The reading stays at 99 %.
  expect([90, 88, 90, 93.9].map((wanted) => raised(cave, wanted))).toEqual([
    false,
    true,
    true,
    true,
  ]);
  const other = caveIn("module", { settings, draw: () => 0.5 });
  other.device.restore(JSON.parse(JSON.stringify(cave.device.snapshot())));
  expect([93.9, 94, 90].map((wanted) => raised(other, wanted))).toEqual([true, false, false]);
});
