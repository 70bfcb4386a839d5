import fc from "fast-check";
import { expect, test } from "vitest";
import { LatencyHistogram } from "../../../src/metrics/histogram.ts";
import { HistogramSet } from "../../../src/metrics/histogram-set.ts";

const encodedOf = (values: readonly number[]): ReturnType<LatencyHistogram["encode"]> => {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  return histogram.encode();
};

test("what is taken sums to what was added, wherever it is taken", () => {
  const parts = fc.array(
    fc.tuple(fc.array(fc.double({ min: 0, max: 9_000, noNaN: true })), fc.boolean()),
  );
  fc.assert(
    fc.property(parts, (all) => {
      const set = new HistogramSet();
      const sum = new LatencyHistogram();
      const takeAll = (): void => {
        for (const encoded of Object.values(set.take())) sum.merge(encoded);
      };
      for (const [values, taken] of all) {
        set.add({ telemetry_ms: encodedOf(values) });
        if (taken) takeAll();
      }
      takeAll();
      const whole = encodedOf(all.flatMap(([values]) => values));
      expect(sum.encode()).toEqual(whole);
      expect(set.take()).toEqual({});
    }),
    { numRuns: 30 },
  );
});

test("of more series than can be kept open every one keeps what it got", () => {
  const set = new HistogramSet();
  const keys = Array.from({ length: 300 }, (_, n) => `telemetry_ms{phase:p${n}}`);
  for (const round of [1, 2]) {
    for (const key of keys) set.add({ [key]: encodedOf([round]) });
  }
  const names = keys.map((_, n) => set.merged("telemetry_ms", { phase: `p${n}` }).encode());
  expect(names).toEqual(keys.map(() => encodedOf([1, 2])));
  expect(set.merged("telemetry_ms").percentiles()).toMatchObject({ count: 600, min: 1, max: 2 });
  expect(Object.values(set.take())).toEqual(names);
});
