import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DAMPING, FORCED, INCREASING } from "../../../../devices/conveyor/classic-vibration.ts";

/** Long enough for every period, and short enough for sines to be exact to 1e-9. */
const seconds = fc.double({ min: 0, max: 10_000, noNaN: true });

describe("the forced vibration", () => {
  test("as seen every 2 s is a beat of 35.95 s and a tone of 4.74 s, to 1e-10 over 5,000 ticks", () => {
    const beat = 18.5 - 6 * Math.PI;
    const tone = 21.5 - 6 * Math.PI;
    expect(Math.abs(beat)).toBeCloseTo(0.349556, 6);
    expect(tone).toBeCloseTo(2.650444, 6);
    expect((2 * 2 * Math.PI) / Math.abs(beat)).toBeCloseTo(35.95, 2);
    expect((2 * 2 * Math.PI) / tone).toBeCloseTo(4.74, 2);
    let worst = 0;
    for (let k = 0; k < 5_000; k += 1) {
      const alias = (Math.cos(beat * k) - Math.cos(tone * k)) / 2;
      worst = Math.max(worst, Math.abs(FORCED.wave(2 * k, 1) - alias));
    }
    expect(worst).toBeLessThan(1e-10);
  });

  test("has the period 8π, and the opposite sign after 4π", () => {
    fc.assert(
      fc.property(seconds, (t) => {
        const value = FORCED.wave(t, 4);
        expect(FORCED.wave(t + 8 * Math.PI, 4)).toBeCloseTo(value, 9);
        expect(FORCED.wave(t + 4 * Math.PI, 4)).toBeCloseTo(-value, 9);
      }),
    );
  });

  test("of severity C has an RMS of C/2, a crest factor of nearly 2 and a kurtosis of 2.25", () => {
    const count = 100_000;
    const values = Array.from({ length: count }, (_, index) =>
      FORCED.wave((8 * Math.PI * index) / count, 4),
    );
    const mean = (power: number): number =>
      values.reduce((sum, value) => sum + value ** power, 0) / count;
    const rms = Math.sqrt(mean(2));
    expect(rms).toBeCloseTo(2, 9);
    expect(Math.max(...values) / rms).toBeGreaterThan(1.98);
    expect(Math.max(...values) / rms).toBeLessThanOrEqual(2);
    expect(mean(4) / mean(2) ** 2).toBeCloseTo(2.25, 9);
  });
});

test("the increasing vibration reaches 1 m/s² after its severity in seconds", () => {
  fc.assert(
    fc.property(seconds, fc.double({ min: 100, max: 400, noNaN: true }), (t, severity) => {
      const bound = t / severity;
      expect(Math.abs(INCREASING.wave(t, severity))).toBeLessThanOrEqual(bound);
      expect(INCREASING.wave(t, severity)).toBeCloseTo(bound * Math.sin(t), 9);
    }),
  );
});

test("damping begins with all of the vibration and takes it to nothing", () => {
  expect(DAMPING.wave(0, 0.1)).toBe(1);
  expect(DAMPING.wave(3, 0.2)).toBeCloseTo(Math.exp(-0.6), 12);
  expect(Math.abs(DAMPING.wave(300, 0.1))).toBeLessThan(1e-12);
});
