import { describe, expect, test } from "vitest";
import type { Speed } from "../../../../devices/conveyor/belt.ts";
import { nextSpeed, PACKAGES_PER_SECOND } from "../../../../devices/conveyor/classic-speed.ts";
import { createRandom } from "../../../../src/base/random.ts";
import { drawsOf } from "./belts.ts";

describe("draws of the speed", () => {
  test.each<[Speed, readonly number[], Speed]>([
    ["fast", [0.5, 0.5], "fast"],
    ["fast", [0.009, 0.5], "stopped"],
    ["fast", [0.01, 0.95], "fast"],
    ["fast", [0.5, 0.951], "slow"],
    ["slow", [0.5, 0.951], "fast"],
    ["slow", [0.009, 0.95], "stopped"],
    // The second test overrides the first.
    ["slow", [0.009, 0.951], "fast"],
    ["fast", [0.009, 0.951], "slow"],
    ["stopped", [0.75], "stopped"],
    ["stopped", [0.751], "slow"],
  ])("%s with %j becomes %s", (speed, values, next) => {
    const random = drawsOf(values);
    expect(nextSpeed(speed, random)).toBe(next);
    expect(random.drawn()).toBe(values.length);
  });

  test.each<[Speed, Readonly<Record<Speed, number>>]>([
    ["slow", { slow: 0.9405, fast: 0.05, stopped: 0.0095 }],
    ["fast", { slow: 0.05, fast: 0.9405, stopped: 0.0095 }],
    ["stopped", { slow: 0.25, fast: 0, stopped: 0.75 }],
  ])("chances from %s are %j", (speed, chances) => {
    const random = createRandom(1, "speed", speed);
    const count = 400_000;
    const seen = { slow: 0, fast: 0, stopped: 0 };
    for (let tick = 0; tick < count; tick += 1) seen[nextSpeed(speed, random)] += 1;
    for (const next of ["slow", "fast", "stopped"] as const) {
      const sigma = Math.sqrt((chances[next] * (1 - chances[next])) / count);
      expect(Math.abs(seen[next] / count - chances[next])).toBeLessThanOrEqual(4 * sigma);
    }
  });
});

test("1 package a second leaves a slow belt, and 2 a fast one", () => {
  expect(PACKAGES_PER_SECOND).toEqual({ stopped: 0, slow: 1, fast: 2 });
});
