import { describe, expect, test } from "vitest";
import type { Cave } from "../../../../devices/cheese-cave/cave.ts";
import { newCave } from "../../../../devices/cheese-cave/cave.ts";
import type { Air } from "../../../../devices/cheese-cave/classic-walks.ts";
import { walkCave } from "../../../../devices/cheese-cave/classic-walks.ts";
import { CHEESE_CAVE } from "../../../../devices/cheese-cave/place.ts";
import { createRandom } from "../../../../src/base/random.ts";

const HALF = { next: () => 0.5 };
const caveOf = (changes: Partial<Cave>): Cave => ({ ...newCave(CHEESE_CAVE), ...changes });
const airOf = (changes: Partial<Air> = {}): Air => ({ ...CHEESE_CAVE.start, ...changes });
const run = (air: Air, cave: Cave, ticks: number, random: { next(): number } = HALF): Air => {
  for (let count = 0; count < ticks; count += 1) walkCave(air, cave, CHEESE_CAVE, random);
  return air;
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
  test("the fan brings 70/99 to 50/85 by half a unit a tick: 65 and 94 at tick 10, 85 at 28, 55 at 30, 50 at 40", () => {
    const cave = caveOf({ fan: "on", desiredTemperature: 50, desiredHumidity: 85 });
    const air = airOf();
    expect(run(air, cave, 10)).toEqual({ temperature: 65, humidity: 94 });
    expect(run(air, cave, 18)).toMatchObject({ humidity: 85 });
    expect(run(air, cave, 2)).toEqual({ temperature: 55, humidity: 85 });
    expect(run(air, cave, 10)).toEqual({ temperature: 50, humidity: 85 });
    expect(run(air, cave, 100)).toEqual({ temperature: 50, humidity: 85 });
    expect(cave.fan).toBe("on");
  });

  test.each(["off", "failed"] as const)(
    "without a fan (%s) the cave creeps from 50/85 to 69.000/98.05 in 380 ticks",
    (fan) => {
      const air = run(airOf({ temperature: 50, humidity: 85 }), caveOf({ fan }), 380);
      expect(air.temperature).toBeCloseTo(69, 6);
      expect(air.humidity).toBeCloseTo(98.05, 6);
    },
  );
});

describe("draws", () => {
  test("with the fan on come in the order temperature, temperature, humidity, humidity, failure", () => {
    const random = recording([0.1, 0.2, 0.3, 0.4, 0.009]);
    const cave = caveOf({ fan: "on", desiredTemperature: 50, desiredHumidity: 85 });
    const air = run(airOf(), cave, 1, random);
    expect(air.temperature).toBeCloseTo(70 - 0.1 + 0.2 - 0.5, 12);
    expect(air.humidity).toBeCloseTo(99 - 0.3 + 0.4 - 0.5, 12);
    expect(cave.fan).toBe("failed");
    expect(random.drawn()).toBe(5);
  });

  test("with the fan off there is one for each reading", () => {
    const random = recording([0.9, 0.2]);
    const air = run(airOf({ temperature: 60 }), caveOf({}), 1, random);
    expect(air).toEqual({ temperature: 60.09, humidity: 99 + 0.2 - 0.5 });
    expect(random.drawn()).toBe(2);
  });

  test("humidity never passes 100 percent", () => {
    const air = run(airOf({ humidity: 99.9 }), caveOf({}), 1, { next: () => 0.99 });
    expect(air.humidity).toBe(100);
  });
});

describe("statistics, over fixed seeds", () => {
  test("the fan lives 100 ticks on average", () => {
    const lives = Array.from({ length: 4_000 }, (_, device) => {
      const random = createRandom(1, `life${device}`);
      const cave = caveOf({ fan: "on" });
      const air = airOf();
      let ticks = 0;
      while (cave.fan === "on") {
        run(air, cave, 1, random);
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
    const cave = caveOf({ fan: "on" });
    const air = airOf({ temperature: 60 });
    let squares = 0;
    const ticks = 100_000;
    for (let tick = 0; tick < ticks; tick += 1) {
      run(air, cave, 1, random);
      cave.fan = "on";
      squares += (air.temperature - 60) ** 2;
    }
    expect(Math.abs(Math.sqrt(squares / ticks) - 0.51)).toBeLessThan(0.02);
  });
});
