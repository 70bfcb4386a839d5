import { describe, expect, test } from "vitest";
import type { Cave } from "../../../../devices/cheese-cave/cave.ts";
import { newCave } from "../../../../devices/cheese-cave/cave.ts";
import type { Air, Walk } from "../../../../devices/cheese-cave/classic-walks.ts";
import { walkCave, walkCellar, walkLab } from "../../../../devices/cheese-cave/classic-walks.ts";
import { CHEESE_CAVE, WINE_CELLAR } from "../../../../devices/cheese-cave/place.ts";

const HALF = { next: () => 0.5 };
const caveOf = (changes: Partial<Cave> = {}): Cave => ({ ...newCave(CHEESE_CAVE), ...changes });
const airOf = (changes: Partial<Air> = {}): Air => ({ ...CHEESE_CAVE.start, ...changes });
const WANTED = { desiredTemperature: 50, desiredHumidity: 85 };

function run(walk: Walk, air: Air, cave: Cave, ticks: number, random = HALF): Air {
  for (let count = 0; count < ticks; count += 1) walk(air, cave, CHEESE_CAVE, random);
  return air;
}

/** Gives `values`, then 0.5 for ever, and counts. */
function recording(values: readonly number[]): { next(): number; drawn: () => number } {
  let drawn = 0;
  return {
    drawn: () => drawn,
    next: () => {
      drawn += 1;
      return values[drawn - 1] ?? 0.5;
    },
  };
}

describe.each([
  ["the samples", walkCave],
  ["AZ-220", walkLab],
])("the cave of %s with every draw 0.5", (_name, walk) => {
  test("comes with the fan from 70/99 to 50/85 by half a unit a tick: 65 and 94 at tick 10, 85 at 28, 55 at 30, 50 at 40", () => {
    const cave = caveOf({ fan: "on", ...WANTED });
    const air = airOf();
    expect(run(walk, air, cave, 10)).toEqual({ temperature: 65, humidity: 94 });
    expect(run(walk, air, cave, 18)).toMatchObject({ humidity: 85 });
    expect(run(walk, air, cave, 2)).toEqual({ temperature: 55, humidity: 85 });
    expect(run(walk, air, cave, 10)).toEqual({ temperature: 50, humidity: 85 });
    expect(run(walk, air, cave, 100)).toEqual({ temperature: 50, humidity: 85 });
    expect(cave.fan).toBe("on");
  });

  test.each(["off", "failed"] as const)(
    "creeps without it (%s) from 50/85 to 69.000/98.05 in 380 ticks",
    (fan) => {
      const start = airOf({ temperature: 50, humidity: 85 });
      const air = run(walk, start, caveOf({ fan }), 380);
      expect(air.temperature).toBeCloseTo(69, 6);
      expect(air.humidity).toBeCloseTo(98.05, 6);
    },
  );

  test("is never moister than 100 percent", () => {
    const air = run(walk, airOf({ humidity: 99.9 }), caveOf(), 1, { next: () => 0.99 });
    expect(air.humidity).toBe(100);
  });
});

describe("draws of the samples", () => {
  test("with the fan on come in the order temperature, temperature, humidity, humidity, failure", () => {
    const random = recording([0.1, 0.2, 0.3, 0.4, 0.009]);
    const cave = caveOf({ fan: "on", ...WANTED });
    const air = run(walkCave, airOf(), cave, 1, random);
    expect(air.temperature).toBeCloseTo(70 - 0.1 + 0.2 - 0.5, 12);
    expect(air.humidity).toBeCloseTo(99 - 0.3 + 0.4 - 0.5, 12);
    expect(cave.fan).toBe("failed");
    expect(random.drawn()).toBe(5);
  });

  test("with the fan off are one for each reading", () => {
    const random = recording([0.9, 0.2]);
    const air = run(walkCave, airOf({ temperature: 60 }), caveOf(), 1, random);
    expect(air).toEqual({ temperature: 60.09, humidity: 99 + 0.2 - 0.5 });
    expect(random.drawn()).toBe(2);
  });
});

describe("draws of AZ-220", () => {
  test("with the fan on are two for the temperature, one for a failure, then the same for the humidity", () => {
    const random = recording([0.1, 0.2, 0.01, 0.3, 0.4, 0.009]);
    const cave = caveOf({ fan: "on", ...WANTED });
    const air = run(walkLab, airOf(), cave, 1, random);
    expect(air.temperature).toBeCloseTo(70 - 0.1 + 0.2 - 0.5, 12);
    expect(air.humidity).toBeCloseTo(99 - 0.3 + 0.4 - 0.5, 12);
    expect(cave.fan).toBe("failed");
    expect(random.drawn()).toBe(6);
  });

  test("are one for the humidity, which creeps, where the fan broke at the temperature", () => {
    const random = recording([0.1, 0.2, 0.009, 0.3]);
    const cave = caveOf({ fan: "on", ...WANTED });
    const air = run(walkLab, airOf({ humidity: 90 }), cave, 1, random);
    expect(air.humidity).toBeCloseTo(90.03, 12);
    expect(random.drawn()).toBe(4);
  });
});

function walkInCellar(air: Air, fan: Cave["fan"], random: { next(): number }): Air {
  walkCellar(air, { ...newCave(WINE_CELLAR), fan }, WINE_CELLAR, random);
  return air;
}

describe("the wine cellar", () => {
  test("warms without the fan up to 23 degrees and no further, and its humidity is free", () => {
    expect(walkInCellar({ temperature: 12, humidity: 65 }, "off", recording([0.3, 0.9]))).toEqual({
      temperature: 12.03,
      humidity: 65.4,
    });
    expect(
      walkInCellar({ temperature: 22.95, humidity: 99.9 }, "failed", recording([0.9, 0.9])),
    ).toEqual({
      temperature: 23,
      humidity: 100,
    });
  });

  test("draws with the fan on as the cave does", () => {
    const random = recording([0.1, 0.2, 0.3, 0.4]);
    const air = walkInCellar({ temperature: 20, humidity: 80 }, "on", random);
    expect(air.temperature).toBeCloseTo(20 - 0.1 + 0.2 - 0.5, 12);
    expect(air.humidity).toBeCloseTo(80 - 0.3 + 0.4 - 0.5, 12);
    expect(random.drawn()).toBe(5);
  });
});
