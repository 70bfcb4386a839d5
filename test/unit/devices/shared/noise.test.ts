import { describe, expect, test } from "vitest";
import { gaussian, OrnsteinUhlenbeck, whiteNoise } from "../../../../devices/shared/noise.ts";
import { createRandom } from "../../../../src/base/random.ts";

const COUNT = 100_000;
const many = (next: () => number, count = COUNT): number[] => Array.from({ length: count }, next);
const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const stdOf = (values: readonly number[]): number => {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
};
const correlationOf = (a: readonly number[], b: readonly number[]): number => {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  const products = a.map((value, index) => (value - meanA) * ((b[index] ?? meanB) - meanB));
  return meanOf(products) / (stdOf(a) * stdOf(b));
};

const noiseOf = (deviceId: string): number[] => {
  const random = createRandom(1, deviceId, "process");
  const noise = new OrnsteinUhlenbeck(1, 10);
  noise.begin(random);
  return many(() => noise.step(10, random));
};

describe("Gaussian noise", () => {
  test("has mean 0, standard deviation 1 and kurtosis 3", () => {
    const random = createRandom(1, "gaussian");
    const values = many(() => gaussian(random));
    expect(Math.abs(meanOf(values))).toBeLessThan(0.0127);
    expect(stdOf(values)).toBeCloseTo(1, 2);
    expect(Math.abs(meanOf(values.map((value) => value ** 4)) - 3)).toBeLessThan(0.062);
  });

  test("takes two draws each time, and is finite for the smallest and the largest", () => {
    for (const draw of [0, 1 - 2 ** -32]) {
      let drawn = 0;
      const next = (): number => {
        drawn += 1;
        return draw;
      };
      expect(gaussian({ next })).toSatisfy(Number.isFinite);
      expect(drawn).toBe(2);
      expect(whiteNoise(0, { next })).toBeCloseTo(0, 15);
      expect(drawn).toBe(4);
    }
  });
});

describe("an Ornstein-Uhlenbeck process", () => {
  // Neighbours hang together, so that the error of a standard deviation grows with the memory in steps.
  test.each([
    [1, 0.05],
    [5, 0.025],
    [60, 0.01],
  ])("has the same standard deviation in steps of %d s", (dtS, tolerance) => {
    const random = createRandom(3, "ou");
    const noise = new OrnsteinUhlenbeck(0.15, 100);
    noise.begin(random);
    const values = many(() => noise.step(dtS, random));
    expect(Math.abs(stdOf(values) / 0.15 - 1)).toBeLessThan(tolerance);
  });

  test("has an autocorrelation of 1/e after tau", () => {
    const random = createRandom(2, "ou");
    const noise = new OrnsteinUhlenbeck(1, 100);
    noise.begin(random);
    const values = many(() => noise.step(20, random));
    const after = correlationOf(values.slice(0, -5), values.slice(5));
    expect(Math.abs(after - 1 / Math.E)).toBeLessThan(0.03);
  });

  test("is 0 for ever without strength, and forgets what it was set to", () => {
    const noise = new OrnsteinUhlenbeck(0, 100);
    noise.value = 8;
    expect(noise.step(100 * Math.LN2, { next: () => 0.5 })).toBeCloseTo(4, 12);
  });

  test("goes on from a saved value as if it had not stopped", () => {
    const whole = createRandom(4, "ou");
    const halves = createRandom(4, "ou");
    const first = new OrnsteinUhlenbeck(1, 100);
    const second = new OrnsteinUhlenbeck(1, 100);
    const values = many(() => first.step(5, whole), 20);
    const half = new OrnsteinUhlenbeck(1, 100);
    const begun = many(() => half.step(5, halves), 10);
    second.value = half.value;
    expect([...begun, ...many(() => second.step(5, halves), 10)]).toEqual(values);
  });

  test("of two devices is not correlated", () => {
    const correlation = correlationOf(noiseOf("cave-1"), noiseOf("cave-2"));
    expect(Math.abs(correlation)).toBeLessThan(0.0165);
  });
});
