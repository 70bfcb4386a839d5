import { describe, expect, test } from "vitest";
import { Oscillator } from "../../../../../devices/conveyor/physical/oscillator.ts";

const HERTZ = 12;
const W = 2 * Math.PI * HERTZ;
const ZETA = 0.03;

describe("a damped oscillator in exact steps", () => {
  test.each([1 / 400, 0.01, 0.3])(
    "decays freely as the formula does, in steps of %d s",
    (stepS) => {
      const oscillator = new Oscillator(W, ZETA, stepS);
      oscillator.position = 1;
      const damped = W * Math.sqrt(1 - ZETA * ZETA);
      for (let step = 1; step <= 200; step += 1) {
        const t = step * stepS;
        const wave = Math.cos(damped * t) + ((ZETA * W) / damped) * Math.sin(damped * t);
        expect(oscillator.step(0)).toBeCloseTo(Math.exp(-ZETA * W * t) * wave, 9);
      }
    },
  );

  test("rests at force over w² under a force that stands still", () => {
    const oscillator = new Oscillator(W, ZETA, 0.5);
    for (let step = 0; step < 100; step += 1) oscillator.step(W * W * 3);
    expect(oscillator.position).toBeCloseTo(3, 9);
    expect(oscillator.velocity).toBeCloseTo(0, 9);
  });

  test("at resonance swings by F / (2 zeta w²), and gets there as 1 - exp(-zeta w t), to 0.2 %", () => {
    const rateHz = 400;
    // Three periods.
    const window = 100;
    const oscillator = new Oscillator(W, ZETA, 1 / rateHz);
    const half = W / 2 / rateHz;
    // A force that is held for a sample is weaker by this at its own frequency.
    const hold = Math.sin(half) / half;
    const steady = hold / (2 * ZETA * W * W);
    const squares: number[] = [];
    for (let step = 1; step <= 4 * rateHz; step += 1) {
      squares.push(oscillator.step(Math.sin((W * (step - 0.5)) / rateHz)) ** 2);
    }
    const swingUntil = (end: number): number =>
      Math.sqrt(
        (2 * squares.slice(end - window, end).reduce((sum, each) => sum + each, 0)) / window,
      );
    for (let end = rateHz / 2 + window; end <= squares.length; end += 50) {
      const t = (end - window / 2) / rateHz;
      const envelope = steady * (1 - Math.exp(-ZETA * W * t));
      expect(Math.abs(swingUntil(end) / envelope - 1)).toBeLessThan(0.002);
    }
    expect(Math.abs(swingUntil(squares.length) * 2 * ZETA * W * W - 1)).toBeLessThan(0.002);
  });
});
