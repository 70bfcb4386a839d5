import { describe, expect, test } from "vitest";
import type { WaveformSource } from "../../../../../devices/conveyor/physical/waveform.ts";
import { waveform } from "../../../../../devices/conveyor/physical/waveform.ts";
import { createRandom } from "../../../../../src/base/random.ts";
import { logOf, steadyBelt } from "./physical-belts.ts";

const W = 2 * Math.PI * 12;
const RATE_HZ = 400;
const QUIET: WaveformSource = {
  acceleration: () => 0,
  naturalRadPerS: W,
  dampingRatio: 0.03,
  noise: 0,
  sensorNoise: 0,
};
const samplesOf = (source: Partial<WaveformSource>, count = 40_000): readonly number[] =>
  waveform({ ...QUIET, ...source }, count, RATE_HZ, createRandom(1, "waveform"));
const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe("samples", () => {
  test("are the vibration itself where nothing rattles", () => {
    expect(samplesOf({ acceleration: (aheadS) => aheadS }, 3)).toEqual([0, 1 / 400, 2 / 400]);
  });

  test("of rattling spread as the noise, and hang together over periods of the frame", () => {
    const samples = samplesOf({ noise: 0.1 });
    const variance = meanOf(samples.map((value) => value * value));
    // 100 s of a hump that remembers for 1 / (zeta w) = 0.44 s: some 200 independent values.
    expect(Math.abs(Math.sqrt(variance) / 0.1 - 1)).toBeLessThan(0.1);
    const period = Math.round(RATE_HZ / 12);
    const again = meanOf(
      samples.slice(period).map((value, index) => value * (samples[index] ?? 0)),
    );
    expect(Math.abs(again / variance - Math.exp((-0.03 * W * period) / RATE_HZ))).toBeLessThan(0.1);
  });

  test("of the sensor's noise are white", () => {
    const samples = samplesOf({ sensorNoise: 0.1 });
    const variance = meanOf(samples.map((value) => value * value));
    expect(Math.abs(Math.sqrt(variance) / 0.1 - 1)).toBeLessThan(0.015);
    const next = meanOf(samples.slice(1).map((value, index) => value * (samples[index] ?? 0)));
    expect(Math.abs(next / variance)).toBeLessThan(0.02);
  });
});

test("a log message has as many as asked for, and they go on from its reading", () => {
  const belt = steadyBelt("fast", { waveform: 64, sampleRate: 50 });
  const { vibration, sampleRate, waveform: samples } = logOf(belt, 2);
  expect(sampleRate).toBe(50);
  expect(samples).toHaveLength(64);
  expect(Number(vibration)).toBeCloseTo(Number(Object(samples)[0]), 2);
  // The next message comes 1 s later, 50 samples on.
  expect(Number(logOf(belt, 1)["vibration"])).toBeCloseTo(Number(Object(samples)[50]), 2);
});
