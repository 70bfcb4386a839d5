import { describe, expect, test } from "vitest";
import type { Sine } from "../../../../../devices/conveyor/physical/window-features.ts";
import {
  velocityRms,
  windowFeatures,
} from "../../../../../devices/conveyor/physical/window-features.ts";
import { gaussian } from "../../../../../devices/shared/noise.ts";
import { createRandom } from "../../../../../src/base/random.ts";

/** RMS, peak, crest factor and kurtosis of samples. */
function measured(wave: (seconds: number) => number, seconds: number, count = 50_000) {
  let [second, fourth, peak] = [0, 0, 0];
  for (let index = 0; index < count; index += 1) {
    const value = wave((index * seconds) / count);
    second += value ** 2 / count;
    fourth += value ** 4 / count;
    peak = Math.max(peak, Math.abs(value));
  }
  const rms = Math.sqrt(second);
  return { rms, peak, crestFactor: peak / rms, kurtosis: fourth / second ** 2 };
}

const N = 3;
const C = 4;
const NATURAL: readonly Sine[] = [{ amplitude: N, radPerS: 1 }];
const FORCED: readonly Sine[] = [9.25, 10.75].map((radPerS) => ({ amplitude: C / 2, radPerS }));
/** A product of sines of 10 and 0.75 rad/s has whole periods in 8 pi seconds. */
const forced = (t: number): number => C * Math.sin(0.75 * t) * Math.sin(10 * t);
const PERIOD_S = 8 * Math.PI;

describe("the closed forms", () => {
  test("of a natural vibration: RMS N / sqrt 2, crest factor 1.414, kurtosis 1.5", () => {
    const { rms, peak, crestFactor } = windowFeatures(NATURAL, 0);
    expect(rms).toBeCloseTo(N / Math.SQRT2, 12);
    expect(peak).toBe(N);
    expect(crestFactor).toBeCloseTo(Math.SQRT2, 12);
    const samples = measured((t) => N * Math.sin(t), PERIOD_S);
    expect(Math.abs(samples.rms / rms - 1)).toBeLessThan(0.002);
    expect(samples.crestFactor).toBeCloseTo(1.414, 3);
    expect(samples.kurtosis).toBeCloseTo(1.5, 3);
  });

  test("of a forced one: RMS C / 2, crest factor 2, kurtosis 2.25", () => {
    const { rms, peak, crestFactor } = windowFeatures(FORCED, 0);
    expect(rms).toBeCloseTo(C / 2, 12);
    expect(peak).toBe(C);
    expect(crestFactor).toBe(2);
    const samples = measured(forced, PERIOD_S);
    expect(Math.abs(samples.rms / rms - 1)).toBeLessThan(0.002);
    expect(samples.crestFactor).toBeCloseTo(2, 1);
    expect(samples.kurtosis).toBeCloseTo(2.25, 3);
  });

  test("of white noise: RMS sigma, and a peak of three of them; its kurtosis is 3", () => {
    expect(windowFeatures([], 0.1)).toEqual({
      rms: 0.1,
      peak: expect.closeTo(0.3, 12),
      crestFactor: expect.closeTo(3, 12),
      velocityRms: 0,
    });
    const random = createRandom(1, "kurtosis");
    const samples = measured(() => gaussian(random), 1, 100_000);
    // The standard error of a kurtosis of 100,000 samples is sqrt(24 / 100,000) = 0.0155.
    expect(Math.abs(samples.kurtosis - 3)).toBeLessThan(0.062);
  });

  test("of parts without a common frequency add up in squares", () => {
    const { rms } = windowFeatures([...NATURAL, ...FORCED], 0.5);
    expect(rms ** 2).toBeCloseTo(N ** 2 / 2 + C ** 2 / 4 + 0.25, 12);
    const samples = measured((t) => N * Math.sin(t) + forced(t), PERIOD_S);
    expect(Math.abs(samples.rms ** 2 / (rms ** 2 - 0.25) - 1)).toBeLessThan(0.004);
  });

  test("of nothing are all 0", () => {
    expect(windowFeatures([], 0)).toEqual({ rms: 0, peak: 0, crestFactor: 0, velocityRms: 0 });
  });
});

describe("the velocity", () => {
  test.each([
    [12, 0.107],
    [60, 0.533],
    [120, 1.07],
  ])("at %d Hz is 1 mm/s RMS for a peak of %d m/s²", (hertz, amplitude) => {
    const sines = [{ amplitude, radPerS: 2 * Math.PI * hertz }];
    expect(velocityRms(sines)).toBeCloseTo(0.001, 5);
  });

  test("counts what is in the band alone, and nothing that does not swing", () => {
    const sines = [1, 5, 2_000].map((hertz) => ({ amplitude: 1, radPerS: 2 * Math.PI * hertz }));
    const still = { amplitude: 1, radPerS: 0 };
    expect(velocityRms([...sines, still], 2, 1_000)).toBeCloseTo(
      1 / (Math.SQRT2 * 2 * Math.PI * 5),
      12,
    );
    expect(velocityRms([...sines, still])).toBeLessThan(1);
  });
});
