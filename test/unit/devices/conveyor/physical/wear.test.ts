import { describe, expect, test } from "vitest";
import { Wear } from "../../../../../devices/conveyor/physical/wear.ts";
import { createRandom } from "../../../../../src/base/random.ts";

const SEVERITIES = { least: 1, most: 7 };
const wearOf = (everyS: number, lastsS: number): Wear =>
  new Wear({ everyS, lastsS }, SEVERITIES, createRandom(1, "wear"));

/** Lets the time that is left pass. */
function change(wear: Wear): void {
  wear.leftS = 0;
  wear.changeIfDue();
}

describe("wear", () => {
  test("comes every 18.98 s and lasts for 199 s, as chances of 0.1 and 0.01 in 2 s make it", () => {
    const wear = wearOf(-2 / Math.log(0.9), -2 / Math.log(0.99));
    const COUNT = 10_000;
    const means = { sound: 0, broken: 0, severity: 0 };
    for (let count = 0; count < COUNT; count += 1) {
      means.sound += wear.leftS / COUNT;
      change(wear);
      means.severity += wear.severity / COUNT;
      means.broken += wear.leftS / COUNT;
      change(wear);
    }
    // Exponential: the standard error of a mean is itself over 100. Severity is uniform from 1 to 7.
    expect(Math.abs(means.sound - 18.98)).toBeLessThan(0.76);
    expect(Math.abs(means.broken - 199)).toBeLessThan(8);
    expect(Math.abs(means.severity - 4)).toBeLessThan(0.07);
  });

  test("changes nothing before its time", () => {
    const wear = wearOf(10, 10);
    wear.changeIfDue();
    expect(wear.severity).toBe(0);
  });

  test("never comes every 0 s, and for 0 s lasts until it is cleared", () => {
    expect(wearOf(0, 10).leftS).toBe(Infinity);
    const wear = wearOf(10, 0);
    change(wear);
    expect(wear.severity).toBeGreaterThan(0);
    expect(wear.leftS).toBe(Infinity);
    wear.clear();
    expect(wear.severity).toBe(0);
    expect(wear.leftS).toBeLessThan(Infinity);
  });
});
