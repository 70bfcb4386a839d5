import { describe, expect, test } from "vitest";
import { model } from "../../../../../devices/cheese-cave/index.ts";
import { parametersOf } from "../../../../../devices/cheese-cave/physical/parameters.ts";
import { CHEESE_CAVE, WINE_CELLAR } from "../../../../../devices/cheese-cave/place.ts";

const HOUR_S = 3_600;

test("the lab is at 21.11 °C, keeps the times of the classic walk, and has no swings", () => {
  const lab = parametersOf({}, CHEESE_CAVE);
  expect(lab).toMatchObject({
    seasonalSwingK: 0,
    dailySwingK: 0,
    ripeningHeatK: 0.17,
    rockS: 1_900,
    conditionerS: 100,
    wallVapourS: 1_900,
    humidifierS: 40,
    wallWaterActivity: 1,
    cheeseEvaporationPerS: 0,
    rindWaterActivity: 0.97,
    humidityNoise: { sigmaPct: 0.5, tauS: 300 },
  });
  expect(lab.ambientC).toBeCloseTo(21.11, 2);
  expect(Math.exp(-5 / lab.fanLifeS)).toBeCloseTo(0.99, 12);
  // 0.15 and 0.05 °F.
  expect(lab.temperatureNoise.sigmaK).toBeCloseTo(0.0833, 4);
  expect(lab.sensorNoise.temperatureK).toBeCloseTo(0.0278, 4);
  expect(lab.sensorNoise.humidityPct).toBe(0.2);
});

test("a real cave is at 12 °C, slow, and has the seasons of its rock", () => {
  expect(parametersOf({ preset: "real" }, CHEESE_CAVE)).toMatchObject({
    ambientC: 12,
    seasonalSwingK: 1.5,
    dailySwingK: 0.1,
    ripeningHeatK: 0.3,
    rockS: 19 * HOUR_S,
    conditionerS: HOUR_S,
    wallVapourS: 19 * HOUR_S,
    humidifierS: 24 * 60,
    cheeseEvaporationPerS: 1e-6,
    fanLifeS: 2 * 365.25 * 24 * HOUR_S,
    temperatureNoise: { tauS: HOUR_S },
    humidityNoise: { sigmaPct: 0.4, tauS: HOUR_S },
  });
});

test("settings are in degrees of the place: 50 °F and 10 °C, a difference of 9 °F and of 5 °C", () => {
  const cave = parametersOf({ ambientTemperature: 50, dailySwing: 9 }, CHEESE_CAVE);
  expect(cave.ambientC).toBeCloseTo(10, 12);
  expect(cave.dailySwingK).toBeCloseTo(5, 12);
  expect(parametersOf({ ambientTemperature: 10, dailySwing: 5 }, WINE_CELLAR)).toMatchObject({
    ambientC: 10,
    dailySwingK: 5,
  });
  expect(parametersOf({}, WINE_CELLAR).ambientC).toBe(23);
});

describe("problems of settings", () => {
  test("are told all at once, with unit and range", () => {
    const settings = { preset: "moon", phase: 2, fanlife: 3, conditionerTime: 0 };
    expect(model.checkSettings({ signal: "physical", ...settings })).toEqual([
      'preset: expected one of lab, real, got "moon"',
      "phase: expected a number from 0 to 1, got 2",
      "fanlife: there is no such setting; did you mean fanLife?",
      "conditionerTime: expected a number of at least 10 (s), got 0",
    ]);
  });

  test("are also those of a physical cave where the walk is classic", () => {
    expect(model.checkSettings({ signal: "classic", phase: 0.5, rockTime: -1 })).toEqual([
      "phase: expected signal: physical beside it",
      "rockTime: expected signal: physical beside it",
    ]);
  });
});
