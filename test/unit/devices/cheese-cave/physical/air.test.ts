import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Drive } from "../../../../../devices/cheese-cave/physical/air.ts";
import { Air } from "../../../../../devices/cheese-cave/physical/air.ts";
import type { PhysicalSettings } from "../../../../../devices/cheese-cave/physical/parameters.ts";
import { parametersOf } from "../../../../../devices/cheese-cave/physical/parameters.ts";
import { rockTemperatureC } from "../../../../../devices/cheese-cave/physical/rock.ts";
import { saturationDensity } from "../../../../../devices/cheese-cave/physical/water-vapour.ts";
import { CHEESE_CAVE } from "../../../../../devices/cheese-cave/place.ts";
import { celsiusOf, fahrenheitOf } from "../../../../../devices/shared/units.ts";

interface Room {
  readonly air: Air;
  readonly drive: Drive;
}

/** The lab's air at rest, and a fan that works towards 50 °F and 85 %. */
const roomOf = (settings: PhysicalSettings = {}, drive: Partial<Drive> = {}): Room => {
  const parameters = parametersOf(settings, CHEESE_CAVE);
  const rockC = rockTemperatureC(parameters, 0);
  return {
    air: new Air(parameters, rockC),
    drive: {
      rockC,
      exchange: 1,
      setTemperatureC: celsiusOf(50),
      setHumidityPct: 85,
      conditionerPerS: 1 / parameters.conditionerS,
      humidifierPerS: 1 / parameters.humidifierS,
      ...drive,
    },
  };
};
const FAN_OFF = { conditionerPerS: 0, humidifierPerS: 0 };
const advance = ({ air, drive }: Room, durationS: number, stepS: number): Air => {
  for (let step = 0; step < Math.round(durationS / stepS); step += 1) air.advance(stepS, drive);
  return air;
};

/** At 60, 120, 180, 240 and 600 s. */
const marks = (stepS: number): readonly number[] => {
  const room = roomOf();
  return [60, 60, 60, 60, 360].map((s) => advance(room, s, stepS).humidityPct);
};

describe("at rest", () => {
  test("the lab's air has 70 °F and, over wet rock that is cooler by the heat of ripening, 99 %", () => {
    const { air } = roomOf();
    expect(fahrenheitOf(air.temperatureC)).toBeCloseTo(70, 12);
    expect(air.humidityPct).toBeCloseTo(99, 1);
  });

  test.each(["lab", "real"] as const)("the %s stays as it is without a fan", (preset) => {
    const room = roomOf({ preset }, FAN_OFF);
    const { temperatureC, humidityPct } = room.air;
    advance(room, 86_400, 60);
    expect(room.air.temperatureC).toBeCloseTo(temperatureC, 9);
    expect(room.air.humidityPct).toBeCloseTo(humidityPct, 9);
    expect(room.air.balance.condensate).toBe(0);
  });
});

describe("the fan brings 70 °F to 50 °F", () => {
  test("exponentially, with 95 s, towards 51.000 °F: 51.034343 °F after 600 s", () => {
    const { air } = roomOf();
    const temperatureF = (): number => fahrenheitOf(advance(roomOf(), 600, 5).temperatureC);
    expect(fahrenheitOf(advance(roomOf(), 95 * 40, 5).temperatureC)).toBeCloseTo(51, 9);
    expect(temperatureF()).toBeCloseTo(51.034343, 6);
    const after95 = advance(roomOf(), 95, 5).temperatureC;
    expect((after95 - celsiusOf(51)) / (air.temperatureC - celsiusOf(51))).toBeCloseTo(
      1 / Math.E,
      9,
    );
  });

  test.each([
    ["within 5 °F of the setpoint after 148.0 s", 148, 55],
    ["within 2 % of where it settles after 371.6 s", 95 * Math.log(50), 51 + 19 / 50],
  ])("and is %s", (_what, afterS, temperatureF) => {
    const shown = fahrenheitOf(advance(roomOf(), afterS, afterS / 100).temperatureC);
    expect(shown).toBeCloseTo(temperatureF, 2);
  });

  test("equally in steps of any length", () => {
    const whole = advance(roomOf(), 600, 1).temperatureC;
    for (const stepS of [2, 5, 20, 60, 600]) {
      expect(Math.abs(advance(roomOf(), 600, stepS).temperatureC - whole)).toBeLessThan(1e-10);
    }
  });

  test("as 61.1, 56.4 and 53.9 °F after one, two and three minutes", () => {
    const room = roomOf();
    const shown = [60, 60, 60].map((s) => fahrenheitOf(advance(room, s, 5).temperatureC));
    expect(shown.map((temperatureF) => Math.round(temperatureF * 10) / 10)).toEqual([
      61.1, 56.4, 53.9,
    ]);
  });

  test("up to the droop of (ambient - setpoint) tauF / (tauA + tauF)", () => {
    fc.assert(
      fc.property(
        fc.record({
          ambientTemperature: fc.integer({ min: 40, max: 90 }),
          rockTime: fc.integer({ min: 500, max: 100_000 }),
          conditionerTime: fc.integer({ min: 20, max: 1_000 }),
        }),
        (settings) => {
          const { ambientTemperature, rockTime, conditionerTime } = settings;
          const settled = advance(roomOf(settings), conditionerTime * 40, conditionerTime / 20);
          const droop =
            ((ambientTemperature - 50) * conditionerTime) / (rockTime + conditionerTime);
          expect(fahrenheitOf(settled.temperatureC) - 50).toBeCloseTo(droop, 9);
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe("humidity", () => {
  test("rises to saturation while the air cools, then falls: 100, 96.73, 92.69, 90.12, 87.18 %", () => {
    const expected = [100, 96.73, 92.69, 90.12, 87.18];
    for (const [index, shown] of marks(0.01).entries()) {
      expect(shown).toBeCloseTo(expected[index] ?? Number.NaN, 2);
    }
  });

  test.each([1, 2, 5])("in steps of %d s is within 0.02 %% of steps of 0.01 s", (stepS) => {
    const reference = marks(0.01);
    for (const [index, shown] of marks(stepS).entries()) {
      expect(Math.abs(shown - (reference[index] ?? Number.NaN))).toBeLessThan(0.02);
    }
  });

  test("settles at 87.1 %, and is within 10 % of the setpoint after 143.5 s", () => {
    expect(advance(roomOf(), 86_400, 5).humidityPct).toBeCloseTo(87.1, 1);
    expect(advance(roomOf(), 143.5, 0.5).humidityPct).toBeCloseTo(95, 1);
  });

  test("and temperature come back without the fan: 62.2 °F after half an hour, 70 °F and 99 % in the end", () => {
    const room = roomOf({}, FAN_OFF);
    room.air.temperatureC = celsiusOf(50);
    room.air.vapour = 0.85 * saturationDensity(10);
    expect(fahrenheitOf(advance(room, 547, 0.5).temperatureC)).toBeCloseTo(55, 2);
    expect(fahrenheitOf(advance(room, 1_800 - 547, 0.5).temperatureC)).toBeCloseTo(62.2, 1);
    advance(room, 86_400, 5);
    expect(fahrenheitOf(room.air.temperatureC)).toBeCloseTo(70, 6);
    expect(Math.abs(room.air.humidityPct - 99)).toBeLessThan(0.1);
  });

  test("is above 0 and at most 100 %, and the vapour balance closes, whatever drives the air", () => {
    const drives = fc.record({
      exchange: fc.double({ min: 1, max: 100, noNaN: true }),
      setTemperatureC: fc.double({ min: -40, max: 60, noNaN: true }),
      setHumidityPct: fc.double({ min: 0, max: 100, noNaN: true }),
      conditionerPerS: fc.constantFrom(0, 0.002, 0.01),
      humidifierPerS: fc.constantFrom(0, 0.005, 0.025),
    });
    const steps = fc.array(fc.tuple(drives, fc.double({ min: 0.01, max: 300, noNaN: true })));
    fc.assert(
      fc.property(steps, fc.constantFrom(0, 1e-6, 1e-3), (course, cheeseEvaporation) => {
        const { air, drive } = roomOf({ cheeseEvaporation });
        const before = air.vapour;
        let moved = 0;
        for (const [change, dtS] of course) {
          air.advance(dtS, { ...drive, ...change });
          moved = Math.max(moved, Math.abs(air.balance.wall), Math.abs(air.balance.device));
          expect(air.humidityPct).toBeGreaterThan(0);
          expect(air.humidityPct).toBeLessThanOrEqual(100 + 1e-9);
        }
        const { wall, cheese, device, condensate } = air.balance;
        const gain = wall + cheese + device;
        const scale = Math.max(1, moved, condensate);
        expect(Math.abs(air.vapour - before + condensate - gain) / scale).toBeLessThan(1e-9);
      }),
    );
  });

  test("leaves about 1 g/m³ of dew while the lab cools down", () => {
    const { balance } = advance(roomOf(), 3_600, 5);
    expect(balance.condensate).toBeGreaterThan(0.8);
    expect(balance.condensate).toBeLessThan(1.4);
  });
});

test("air holds 9.38 g/m³ at 10 °C and 18.39 g/m³ at 21.11 °C", () => {
  expect(saturationDensity(10)).toBeCloseTo(9.38, 2);
  expect(saturationDensity(21.11)).toBeCloseTo(18.39, 2);
});
