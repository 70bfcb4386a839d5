import { describe, expect, test } from "vitest";
import type { Shaking } from "../../../../../devices/conveyor/physical/vibration.ts";
import {
  NOTHING_SHAKES,
  PhysicalVibration,
} from "../../../../../devices/conveyor/physical/vibration.ts";
import { physicalParameters } from "../../../../../devices/conveyor/physical/parameters.ts";
import { windowFeatures } from "../../../../../devices/conveyor/physical/window-features.ts";

const LAB = physicalParameters({});
const INDUSTRIAL = physicalParameters({ preset: "industrial" });
const FAST = 1;
const N = 3;

/** A vibration of a lab belt, and a clock that moves it at one speed. */
function vibrationOf(shaking: Partial<Shaking>, limit = LAB.resonanceLimit, beginsAtS = 0) {
  const parameters = { ...LAB, resonanceLimit: limit };
  const vibration = new PhysicalVibration(parameters, { amplitude: N, radPerS: 1 });
  vibration.advance(beginsAtS, 0);
  vibration.shake({ ...NOTHING_SHAKES, ...shaking });
  return { vibration, run: (seconds: number) => vibration.advance(seconds, seconds * FAST) };
}

/** RMS of the next `seconds` at the fast speed. */
function rmsOf(vibration: PhysicalVibration, seconds: number, count = 20_000): number {
  let square = 0;
  for (let index = 0; index < count; index += 1) {
    vibration.advance(seconds / count, (FAST * seconds) / count);
    square += vibration.accelerationAt(FAST) ** 2 / count;
  }
  return Math.sqrt(square);
}

const turnOf = (radians: number): number => radians % (2 * Math.PI);

describe("phases", () => {
  test("are the integral of their frequency: of the way for a wheel, of the time for the frame", () => {
    const vibration = new PhysicalVibration(INDUSTRIAL, { amplitude: 0.1, radPerS: 75 });
    // Slow, a ramp, fast: 5 m, 1.5 m, 7 m in uneven pieces.
    const parts: readonly (readonly [number, number])[] = [
      [4, 2],
      [6, 3],
      [0.7, 0.4],
      [1.3, 1.1],
      [7, 7],
    ];
    for (const [dtS, metres] of parts) vibration.advance(dtS, metres);
    expect(vibration.save()).toMatchObject({
      naturalPhase: expect.closeTo(turnOf(75 * 19), 9),
      carrierPhase: expect.closeTo(turnOf((2 / 0.05) * 13.5), 9),
      modulationPhase: expect.closeTo(turnOf((2 / 0.2) * 13.5), 9),
    });
  });

  test("of what begins to shake are 0, so that nothing jumps", () => {
    const { vibration } = vibrationOf({}, 5, 1);
    const before = vibration.accelerationAt(FAST);
    vibration.shake({ wheel: 5, resonanceGrowthS: 100, bearing: 2, impactsPerTurn: 3 });
    expect(vibration.accelerationAt(FAST)).toBeCloseTo(before, 12);
  });
});

describe("a resonance", () => {
  test("begins with a slope of 1 / K", () => {
    const { vibration, run } = vibrationOf({ resonanceGrowthS: 150 });
    run(0.001);
    expect(vibration.envelope / 0.001).toBeCloseTo(1 / 150, 7);
  });

  test("is at Emax (1 - 1/e) after K Emax seconds, and never beyond Emax", () => {
    const { vibration, run } = vibrationOf({ resonanceGrowthS: 150 });
    run(150 * 5);
    expect(vibration.envelope).toBeCloseTo(5 * (1 - 1 / Math.E), 9);
    run(1e6);
    expect(vibration.envelope).toBeCloseTo(5, 9);
  });

  test("without a bound grows linearly, as in the samples", () => {
    const { vibration, run } = vibrationOf({ resonanceGrowthS: 150 }, 1e9);
    run(300);
    expect(vibration.envelope).toBeCloseTo(2, 5);
    run(300);
    expect(vibration.envelope).toBeCloseTo(4, 5);
  });

  test("grows half as fast on a belt that is half as fast", () => {
    const { vibration } = vibrationOf({ resonanceGrowthS: 150 }, 1e9);
    vibration.advance(300, 150);
    expect(vibration.envelope).toBeCloseTo(1, 5);
  });
});

describe("RMS over whole periods", () => {
  const PERIOD_S = 8 * Math.PI;

  test("is N / sqrt 2 of the natural vibration, and half of it at half the speed", () => {
    expect(rmsOf(vibrationOf({}).vibration, PERIOD_S)).toBeCloseTo(N / Math.SQRT2, 3);
    const [half] = vibrationOf({}).vibration.sinesAt(0.5);
    expect(half).toEqual({ amplitude: N / 2, radPerS: 1 });
  });

  test("adds C / 2 of a broken wheel in squares", () => {
    const { vibration } = vibrationOf({ wheel: 4 });
    const { rms } = windowFeatures(vibration.sinesAt(FAST), 0);
    expect(rms).toBeCloseTo(Math.sqrt(N ** 2 / 2 + 4), 12);
    expect(Math.abs(rmsOf(vibration, PERIOD_S) / rms - 1)).toBeLessThan(0.002);
  });

  test.each([0, 1, 2, Math.PI, 5])(
    "adds a resonance that began at phase %d as a vector: (N² + E² + 2 N E cos phi) / 2",
    (phase) => {
      const E = 2;
      const { vibration, run } = vibrationOf({ resonanceGrowthS: 0.001 }, E, phase);
      run(PERIOD_S);
      const { rms } = windowFeatures(vibration.sinesAt(FAST), 0);
      expect(rms ** 2).toBeCloseTo((N ** 2 + E ** 2 + 2 * N * E * Math.cos(phase)) / 2, 9);
      expect(Math.abs(rmsOf(vibration, PERIOD_S) / rms - 1)).toBeLessThan(0.002);
    },
  );

  test("counts a damaged bearing at its own frequency", () => {
    const { vibration } = vibrationOf({ bearing: 2, impactsPerTurn: 3 });
    // 3 impacts a turn of a roller of 5 cm at 1 m/s.
    const radPerS = 3 * (2 / 0.05);
    expect(vibration.sinesAt(FAST)).toContainEqual({ amplitude: 2, radPerS });
    const { rms } = windowFeatures(vibration.sinesAt(FAST), 0);
    expect(rms).toBeCloseTo(Math.sqrt(N ** 2 / 2 + 2), 12);
    expect(Math.abs(rmsOf(vibration, PERIOD_S) / rms - 1)).toBeLessThan(0.002);
  });
});

test("the industrial belt runs with 1.0 mm/s RMS, and a wheel turns at 6.37 and 1.59 Hz", () => {
  const vibration = new PhysicalVibration(INDUSTRIAL, {
    amplitude: INDUSTRIAL.naturalAmplitude.least,
    radPerS: 2 * Math.PI * 12,
  });
  expect(windowFeatures(vibration.sinesAt(FAST), 0).velocityRms).toBeCloseTo(0.001, 5);
  vibration.shake({ ...NOTHING_SHAKES, wheel: 0.3 });
  const hertz = vibration.sinesAt(FAST).map(({ radPerS }) => radPerS / (2 * Math.PI));
  expect(hertz).toEqual([
    expect.closeTo(12, 9),
    expect.closeTo(6.366 - 1.592, 2),
    expect.closeTo(6.366 + 1.592, 2),
  ]);
});
