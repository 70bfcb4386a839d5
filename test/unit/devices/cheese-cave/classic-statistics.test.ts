import { describe, expect, test } from "vitest";
import { alertsOf } from "../../../../devices/cheese-cave/alerts.ts";
import type { Cave } from "../../../../devices/cheese-cave/cave.ts";
import { newCave } from "../../../../devices/cheese-cave/cave.ts";
import type { Air, Walk } from "../../../../devices/cheese-cave/classic-walks.ts";
import { walkCave, walkLab } from "../../../../devices/cheese-cave/classic-walks.ts";
import { CHEESE_CAVE } from "../../../../devices/cheese-cave/place.ts";
import { createRandom } from "../../../../src/base/random.ts";

/** Seeds are fixed, so none of this can flake; each bound is about four standard errors. */

interface Life {
  readonly air: Air;
  readonly cave: Cave;
  /** One tick; with `everlasting` the fan does not break. */
  tick(everlasting?: boolean): void;
}

/** A cave with the fan on, at ambient, which is to come to 50 °F and 85 %. */
function lifeOf(walk: Walk, seed: number): Life {
  const random = createRandom(seed, "classic");
  const air = { ...CHEESE_CAVE.start };
  const cave: Cave = {
    ...newCave(CHEESE_CAVE),
    fan: "on",
    desiredTemperature: 50,
    desiredHumidity: 85,
  };
  return {
    air,
    cave,
    tick: (everlasting = false) => {
      walk(air, cave, CHEESE_CAVE, random);
      if (everlasting) cave.fan = "on";
    },
  };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const lives = (walk: Walk, count = 4_000): Life[] =>
  Array.from({ length: count }, (_, index) => lifeOf(walk, index));

function ticksUntil(life: Life, isOver: (life: Life) => boolean, everlasting = true): number {
  for (let ticks = 1; ; ticks += 1) {
    life.tick(everlasting);
    if (isOver(life)) return ticks;
  }
}

const isAlerted = ({ air, cave }: Life): { temperature: boolean; humidity: boolean } =>
  alertsOf({ ...cave, ...air }, CHEESE_CAVE);

test("the temperature alert clears after 30.7 ticks on average", () => {
  const ticks = lives(walkCave).map((life) =>
    ticksUntil(life, (each) => !isAlerted(each).temperature),
  );
  expect(Math.abs(mean(ticks) - 30.7)).toBeLessThan(0.3);
});

test("the humidity alert clears after 8.7 ticks on average", () => {
  const ticks = lives(walkCave).map((life) =>
    ticksUntil(life, (each) => !isAlerted(each).humidity),
  );
  expect(Math.abs(mean(ticks) - 8.7)).toBeLessThan(0.16);
});

describe.each([
  { name: "the samples", walk: walkCave, life: 100, lifeBound: 6.4, clears: 0.74 },
  { name: "AZ-220", walk: walkLab, life: 50.25, lifeBound: 3.2, clears: 0.55 },
])("the fan of $name", ({ walk, life, lifeBound, clears }) => {
  test(`lives ${life} ticks on average`, () => {
    const ticks = lives(walk).map((each) =>
      ticksUntil(each, ({ cave }) => cave.fan === "failed", false),
    );
    // Geometric: its standard deviation is about its mean.
    expect(Math.abs(mean(ticks) - life)).toBeLessThan(lifeBound);
  });

  test(`outlives the temperature alert in a share of ${clears} of the caves`, () => {
    const cleared = lives(walk).map((each) => {
      ticksUntil(each, (now) => now.cave.fan === "failed" || !isAlerted(now).temperature, false);
      return isAlerted(each).temperature ? 0 : 1;
    });
    expect(Math.abs(mean(cleared) - clears)).toBeLessThan(0.03);
  });
});

test("far from its setpoint a reading goes by 0.5 a tick, with a variance of 1/6", () => {
  const life = lifeOf(walkCave, 1);
  const steps = Array.from({ length: 50_000 }, () => {
    life.air.temperature = 70;
    life.tick(true);
    return 70 - life.air.temperature;
  });
  const drift = mean(steps);
  expect(Math.abs(drift - 0.5)).toBeLessThan(0.0075);
  expect(Math.abs(mean(steps.map((step) => (step - drift) ** 2)) - 1 / 6)).toBeLessThan(0.004);
});

test("around its setpoint a reading spreads by 0.51", () => {
  const life = lifeOf(walkCave, 2);
  life.air.temperature = 50;
  const squares = Array.from({ length: 100_000 }, () => {
    life.tick(true);
    return (life.air.temperature - 50) ** 2;
  });
  expect(Math.abs(Math.sqrt(mean(squares)) - 0.51)).toBeLessThan(0.02);
});

test("without its fan a cave comes from 50 to 69 degrees in 380 ticks on average", () => {
  const ticks = lives(walkCave, 200).map((life) => {
    life.cave.fan = "off";
    life.air.temperature = 50;
    return ticksUntil(life, ({ air }) => air.temperature >= 69, false);
  });
  expect(Math.abs(mean(ticks) - 380)).toBeLessThan(3.2);
});
