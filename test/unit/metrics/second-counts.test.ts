import fc from "fast-check";
import { expect, test } from "vitest";
import { Aggregate } from "../../../src/metrics/aggregate.ts";
import { Recorder } from "../../../src/metrics/recorder.ts";
import { SecondCounts, SecondNews } from "../../../src/metrics/second-counts.ts";

const attempts = fc.array(
  fc.record({
    t: fc.integer({ min: 0, max: 200_000 }),
    model: fc.constantFrom("cave", "belt"),
    service: fc.constantFrom("dps", "hub"),
    worker: fc.integer({ min: 0, max: 2 }),
    isTold: fc.boolean(),
  }),
);

test("the peak of a fleet is exact, however workers tell what they counted", () => {
  fc.assert(
    fc.property(attempts, (made) => {
      let now = 0;
      const workers = [0, 1, 2].map(
        (worker) => new Recorder({ worker, boot: 1, phases: [], clock: () => now }),
      );
      const aggregate = new Aggregate([]);
      const nothing = { cpuS: 0, rssBytes: 0 };
      for (const { t, model, service, worker, isTold } of made) {
        now = t;
        workers[worker]?.of(model).count("connection_attempts", 1, { service });
        const told = isTold ? workers[worker]?.take(nothing) : undefined;
        if (told !== undefined) aggregate.add(told);
      }
      for (const worker of workers) aggregate.add(worker.take(nothing));
      const peakOf = (fits: (one: (typeof made)[number]) => boolean): number => {
        const counts = new Map<number, number>();
        for (const one of made.filter(fits)) {
          const second = Math.floor(one.t / 1_000);
          counts.set(second, (counts.get(second) ?? 0) + 1);
        }
        return Math.max(0, ...counts.values());
      };
      expect(aggregate.peak("connection_attempts")).toBe(peakOf(() => true));
      expect(aggregate.peak("connection_attempts", { model: "cave", service: "hub" })).toBe(
        peakOf(({ model, service }) => model === "cave" && service === "hub"),
      );
      expect(aggregate.counter("connection_attempts")).toBe(made.length);
    }),
  );
});

test("what is told in pieces, in any order, is the whole", () => {
  const key = "connection_attempts{service:hub}";
  const news = new SecondNews();
  news.count(key, 999, 1);
  news.count(key, 1_000, 2);
  const first = news.take();
  news.count(key, 1_999.5, 3);
  const second = news.take();
  expect([first, second]).toEqual([{ [key]: { 0: 1, 1: 2 } }, { [key]: { 1: 3 } }]);
  expect(news.take()).toBeUndefined();
  news.merge(second ?? {}, 2);
  news.merge(first ?? {}, 2);
  expect(news.take()).toEqual({ [key]: { 2: 1, 3: 5 } });
});

test("counts of days are kept, and what came before time 0 counts for its first second", () => {
  const counts = new SecondCounts();
  counts.add(-3, 1);
  counts.add(0, 1);
  counts.add(3 * 86_400, 5);
  expect(SecondCounts.peakOf([counts])).toBe(5);
  const others = new SecondCounts();
  others.add(0, 4);
  expect(SecondCounts.peakOf([counts, others])).toBe(6);
  expect(SecondCounts.peakOf([])).toBe(0);
});
