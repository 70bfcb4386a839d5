import { describe, expect, test } from "vitest";
import type { Cave } from "../../../../devices/cheese-cave/classic-signal.ts";
import { alertsOf, newCave, tick } from "../../../../devices/cheese-cave/classic-signal.ts";
import { createRandom } from "../../../../src/base/random.ts";

const HALF = { next: () => 0.5 };
const caveOf = (changes: Partial<Cave>): Cave => ({ ...newCave(), ...changes });
const run = (cave: Cave, ticks: number, random: { next(): number } = HALF): Cave => {
  for (let count = 0; count < ticks; count += 1) tick(cave, random);
  return cave;
};

/** Gives `values`, then 0.5 for ever, and counts. */
const recording = (values: readonly number[]): { next(): number; drawn: () => number } => {
  let drawn = 0;
  return {
    drawn: () => drawn,
    next: () => {
      drawn += 1;
      return values[drawn - 1] ?? 0.5;
    },
  };
};

describe("with every draw 0.5", () => {
  test("the fan brings 70/99 to 50/85 by half a unit a tick, and there it stays", () => {
    const cave = caveOf({ fan: "on", desiredTemperatureF: 50, desiredHumidityPct: 85 });
    expect(run(cave, 10)).toMatchObject({ temperatureF: 65, humidityPct: 94 });
    expect(run(cave, 18)).toMatchObject({ humidityPct: 85 });
    expect(run(cave, 2)).toMatchObject({ temperatureF: 55, humidityPct: 85 });
    expect(run(cave, 10)).toMatchObject({ temperatureF: 50, humidityPct: 85 });
    expect(run(cave, 100)).toMatchObject({ temperatureF: 50, humidityPct: 85, fan: "on" });
  });

  test.each(["off", "failed"] as const)(
    "without a fan (%s) the cave creeps back to ambient in 380 ticks",
    (fan) => {
      const cave = run(caveOf({ fan, temperatureF: 50, humidityPct: 85 }), 380);
      expect(cave.temperatureF).toBeCloseTo(69, 6);
      expect(cave.humidityPct).toBeCloseTo(98.05, 6);
    },
  );
});

describe("draws", () => {
  test("with the fan on come in the order temperature, temperature, humidity, humidity, failure", () => {
    const random = recording([0.1, 0.2, 0.3, 0.4, 0.009]);
    const cave = caveOf({ fan: "on", desiredTemperatureF: 50, desiredHumidityPct: 85 });
    tick(cave, random);
    expect(cave.temperatureF).toBeCloseTo(70 - 0.1 + 0.2 - 0.5, 12);
    expect(cave.humidityPct).toBeCloseTo(99 - 0.3 + 0.4 - 0.5, 12);
    expect(cave.fan).toBe("failed");
    expect(random.drawn()).toBe(5);
  });

  test("with the fan off there is one for each reading", () => {
    const random = recording([0.9, 0.2]);
    const cave = caveOf({ temperatureF: 60 });
    tick(cave, random);
    expect(cave).toMatchObject({ temperatureF: 60.09, humidityPct: 99 + 0.2 - 0.5 });
    expect(random.drawn()).toBe(2);
  });

  test("humidity never passes 100 percent", () => {
    expect(run(caveOf({ humidityPct: 99.9 }), 1, { next: () => 0.99 }).humidityPct).toBe(100);
  });
});

describe("alerts", () => {
  test.each([
    [60, 79, false, false],
    [65, 89, false, false],
    [55, 69, false, false],
    [65 + 1e-9, 89 + 1e-9, true, true],
    [55 - 1e-9, 69 - 1e-9, true, true],
  ])(
    "at %d degrees and %d percent are strict",
    (temperatureF, humidityPct, temperature, humidity) => {
      expect(alertsOf(caveOf({ temperatureF, humidityPct }))).toEqual({ temperature, humidity });
    },
  );
});

describe("statistics, over fixed seeds", () => {
  test("the fan lives 100 ticks on average", () => {
    const lives = Array.from({ length: 4_000 }, (_, device) => {
      const random = createRandom(1, `life${device}`);
      const cave = caveOf({ fan: "on" });
      let ticks = 0;
      while (cave.fan === "on") {
        tick(cave, random);
        ticks += 1;
      }
      return ticks;
    });
    const mean = lives.reduce((sum, ticks) => sum + ticks, 0) / lives.length;
    // Geometric with p = 0.01: the standard error of this mean is 1.6 ticks.
    expect(Math.abs(mean - 100)).toBeLessThan(6.4);
  });

  test("readings spread by 0.51 around the setpoint", () => {
    const random = createRandom(1, "spread");
    const cave = caveOf({ fan: "on", temperatureF: 60 });
    const readings = Array.from({ length: 100_000 }, () => {
      tick(cave, random);
      cave.fan = "on";
      return cave.temperatureF - 60;
    });
    const variance = readings.reduce((sum, value) => sum + value * value, 0) / readings.length;
    expect(Math.abs(Math.sqrt(variance) - 0.51)).toBeLessThan(0.02);
  });
});
