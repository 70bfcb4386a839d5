import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom } from "../../../src/base/random.ts";

const draw = (random: { next(): number }, count: number): number[] =>
  Array.from({ length: count }, () => random.next());

test("one seed and name give one stream, in [0, 1)", () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(fc.string()), (seed, names) => {
      const values = draw(createRandom(seed, ...names), 20);
      expect(draw(createRandom(seed, ...names), 20)).toEqual(values);
      expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    }),
  );
});

test("a stream goes on where it was saved", () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat({ max: 50 }), (seed, skipped) => {
      const random = createRandom(seed, "device-1", "classic");
      draw(random, skipped);
      const state = random.save();
      const rest = draw(random, 10);
      const other = createRandom(0);
      other.load(state);
      expect(draw(other, 10)).toEqual(rest);
    }),
  );
});

test("neighbouring names and seeds give unrelated streams", () => {
  const firsts = new Set<number>();
  for (let seed = 1; seed <= 10; seed += 1) {
    for (let device = 1; device <= 100; device += 1) {
      firsts.add(createRandom(seed, `cheesecave-device${device}`, "classic").next());
    }
  }
  expect(firsts.size).toBe(1_000);
  const mean = [...firsts].reduce((sum, value) => sum + value, 0) / firsts.size;
  expect(mean).toBeCloseTo(0.5, 1);
});

test("the stream of a seed is the same on every machine and in every release", () => {
  expect(draw(createRandom(1, "cheesecave-device1", "classic"), 3)).toMatchInlineSnapshot(`
    [
      0.8541938050184399,
      0.9250159598886967,
      0.7633694384712726,
    ]
  `);
});

test("the values are evenly spread", () => {
  const random = createRandom(7, "spread");
  const buckets = Array.from({ length: 10 }, () => 0);
  for (const value of draw(random, 100_000)) {
    const bucket = Math.floor(value * 10);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  // 10,000 each with a standard deviation of 95: the seed is fixed, so this cannot flake.
  expect(Math.max(...buckets.map((count) => Math.abs(count - 10_000)))).toBeLessThan(400);
});

test("a state that was not saved is refused", () => {
  for (const state of [[], [1, 2, 3], [1, 2, 3, -1], [1, 2, 3, 0.5], [1, 2, 3, 2 ** 32]]) {
    expect(() => createRandom(1).load(state)).toThrow(RangeError);
  }
});
