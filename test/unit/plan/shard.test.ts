import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deal, dealRate, mostWorkers, shardDevices, workersFor } from "../../../src/plan/shard.ts";

const workers = fc.integer({ min: 1, max: 20 });

describe("shards", () => {
  test("devices are conserved, their order is kept, and sizes differ by at most one", () => {
    fc.assert(
      fc.property(fc.nat({ max: 300 }), workers, (count, parts) => {
        const devices = [...Array(count).keys()];
        const shards = shardDevices(devices, parts);
        expect(shards).toHaveLength(parts);
        expect(shards.flat().toSorted((a, b) => a - b)).toEqual(devices);
        for (const shard of shards) expect(shard).toEqual(shard.toSorted((a, b) => a - b));
        const sizes = shards.map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("a number of workers that is none is refused", () => {
    for (const parts of [0, -1, 1.5, Number.NaN]) {
      expect(() => shardDevices([1], parts)).toThrow("expected a whole number above 0");
    }
  });
});

test("a limit is dealt out in equal parts that sum to it", () => {
  fc.assert(
    fc.property(fc.nat({ max: 10_000 }), workers, (total, parts) => {
      const dealt = deal(total, parts);
      expect(dealt).toHaveLength(parts);
      expect(dealt.reduce((sum, part) => sum + part, 0)).toBe(total);
      expect(Math.max(...dealt) - Math.min(...dealt)).toBeLessThanOrEqual(1);
    }),
  );
  expect(deal(10, [3, 1])).toEqual([8, 2]);
});

test.each([
  [30, 2, undefined, 2],
  [30, 16, undefined, 2],
  [15, 8, undefined, 1],
  [16, 8, undefined, 2],
  [1, 8, undefined, 1],
  [10_000, 2, undefined, 5],
  [300, 4, undefined, 4],
  [300, 4, 2, 2],
])(
  "%d devices on %d cores with concurrency %s get %d workers",
  (devices, cores, slots, expected) => {
    expect(workersFor(devices, cores, slots)).toBe(expected);
  },
);

test("a rate is dealt out in parts that sum to it, and let no more go in a second than it would", () => {
  const rates = fc.oneof(
    fc.integer({ min: 1, max: 5_000 }),
    fc.double({ min: 0.01, max: 5_000, noNaN: true }),
  );
  fc.assert(
    fc.property(rates, workers, (perS, parts) => {
      const dealt = dealRate(perS, parts);
      expect(dealt).toHaveLength(parts);
      expect(dealt.reduce((sum, part) => sum + part, 0)).toBeCloseTo(perS);
      expect(Math.min(...dealt)).toBeGreaterThan(0);
      if (parts > mostWorkers({ attemptsPerS: perS })) return;
      const inASecond = dealt.reduce((sum, part) => sum + Math.ceil(part), 0);
      expect(inASecond).toBe(Math.ceil(perS));
    }),
  );
});

test("limits of the whole fleet leave something for each worker", () => {
  expect(mostWorkers({})).toBe(Infinity);
  expect(mostWorkers({ concurrency: 5, attemptsPerS: 3.9 })).toBe(3);
  expect(mostWorkers({ concurrency: 2, attemptsPerS: 3.9 })).toBe(2);
  expect(mostWorkers({ attemptsPerS: 0.2 })).toBe(1);
});
