import fc from "fast-check";
import { expect, test } from "vitest";
import { burstTimes } from "../../../src/plan/burst-arrival.ts";

test("shares and numbers start at their times, in whatever order they are written", () => {
  const bursts = [
    { atMs: 60_000, count: 2 },
    { atMs: 0, percent: 50 },
  ];
  expect(burstTimes(4, bursts)).toEqual({ startsMs: [0, 0, 60_000, 60_000], total: 4 });
  expect(burstTimes(6, bursts)).toEqual({ startsMs: [0, 0, 0, 60_000, 60_000], total: 5 });
  expect(burstTimes(2, bursts)).toEqual({ startsMs: [0, 60_000], total: 3 });
});

test("half a device is rounded up: 29% of 50 are 15", () => {
  const bursts = [
    { atMs: 0, percent: 29 },
    { atMs: 1, percent: 71 },
  ];
  expect(burstTimes(50, bursts).startsMs.filter((ms) => ms === 0)).toHaveLength(15);
});

test("shares that sum to the whole lose no device, however small the fleet", () => {
  const weights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), weights, (count, all) => {
      const sum = all.reduce((whole, weight) => whole + weight, 0);
      const bursts = all.map((weight, index) => ({
        atMs: index * 1_000,
        percent: (weight / sum) * 100,
      }));
      const { startsMs, total } = burstTimes(count, bursts);
      expect(total).toBe(count);
      expect(startsMs).toHaveLength(count);
      for (const [index, { atMs, percent }] of bursts.entries()) {
        const started = startsMs.filter((ms) => ms === atMs).length;
        expect(Math.abs(started - (percent / 100) * count), `burst ${index}`).toBeLessThanOrEqual(
          1,
        );
      }
    }),
  );
});
