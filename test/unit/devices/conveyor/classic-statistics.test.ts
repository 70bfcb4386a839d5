import { beforeAll, describe, expect, test } from "vitest";
import { createRandom } from "../../../../src/base/random.ts";
import { classicOf } from "./belts.ts";

/** Ticks of one belt that never ends, with a fixed seed; bounds are about four standard errors. */
const TICKS = 2_000_000;

const ticks = { slow: 0, fast: 0, stopped: 0 };
const count = { alerts: 0, forced: 0, increasing: 0, packages: 0, stops: 0, longStops: 0 };
/** For those ticks on a machine that does other things too; alone they take a second. */
const TICKS_TIMEOUT_MS = 60_000;

/** Of the increasing vibration while it is on, in m/s². */
const amplitude = { sum: 0, most: 0 };

beforeAll(() => {
  let severity = 0;
  let increasingS = 0;
  const { belt, tick } = classicOf(createRandom(1, "statistics"), {
    tell: ({ name, data }) => {
      if (name !== "increasingVibrationStarted") return;
      severity = Number(data?.["severity"]);
      increasingS = 0;
    },
  });
  for (let number = 0; number < TICKS; number += 1) {
    tick();
    ticks[belt.speed] += 1;
    if (belt.stoppedS > 5) count.alerts += 1;
    if (belt.forced) count.forced += 1;
    if (belt.increasing) {
      count.increasing += 1;
      amplitude.sum += increasingS / severity;
      amplitude.most = Math.max(amplitude.most, increasingS / severity);
      increasingS += 2;
    }
    // Each stop passes 2 s once, and 6 s once if it lasts that long.
    if (belt.stoppedS === 2) count.stops += 1;
    if (belt.stoppedS === 6) count.longStops += 1;
  }
  count.packages = belt.packages;
}, TICKS_TIMEOUT_MS);

describe("over two million ticks", () => {
  test.each([
    ["slow", 0.5235],
    ["fast", 0.4399],
    ["stopped", 0.0366],
  ] as const)("%s is the speed of %d of them", (speed, share) => {
    expect(Math.abs(ticks[speed] / TICKS - share)).toBeLessThan(0.002);
  });

  test("1.4033 packages leave the belt each second", () => {
    expect(Math.abs(count.packages / (2 * TICKS) - 1.4033)).toBeLessThan(0.005);
  });

  test("0.0206 of them carry the alert", () => {
    expect(Math.abs(count.alerts / TICKS - 0.0206)).toBeLessThan(0.0006);
  });

  test("a stop lasts 4 ticks on average, and 3 or more with a chance of 0.5625", () => {
    // Lengths are geometric: the standard deviation of one is sqrt(12).
    const meanError = Math.sqrt(12 / count.stops);
    expect(Math.abs(ticks.stopped / count.stops - 4)).toBeLessThan(4 * meanError);
    const shareError = Math.sqrt((0.5625 * 0.4375) / count.stops);
    expect(Math.abs(count.longStops / count.stops - 0.5625)).toBeLessThan(4 * shareError);
  });

  test("forced vibration is on for 0.844 of the running ticks, increasing for 0.725", () => {
    const running = ticks.slow + ticks.fast;
    expect(Math.abs(count.forced / running - 0.844)).toBeLessThan(0.01);
    expect(Math.abs(count.increasing / running - 0.725)).toBeLessThan(0.01);
  });

  test("increasing vibration has an amplitude of 0.49 m/s² on average, and gets to about 7", () => {
    expect(amplitude.sum / count.increasing).toBeCloseTo(0.49, 2);
    expect(amplitude.most).toBeGreaterThan(6);
    expect(amplitude.most).toBeLessThan(9);
  });
});
