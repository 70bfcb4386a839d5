import fc from "fast-check";
import { expect, test } from "vitest";
import { LatencyHistogram } from "../../../src/metrics/histogram.ts";

const latency = fc.double({ min: 0, max: 4_000_000, noNaN: true });
const of = (values: readonly number[]): LatencyHistogram => {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  return histogram;
};

test("the parts of a histogram merge to the whole in any order, through the encoding", () => {
  fc.assert(
    fc.property(fc.array(fc.array(latency, { maxLength: 8 }), { maxLength: 4 }), (parts) => {
      const whole = of(parts.flat());
      const there = new LatencyHistogram();
      for (const part of parts) there.merge(of(part).encode());
      const back = new LatencyHistogram();
      for (const part of parts.toReversed()) back.merge(of(part).encode());
      expect(there.percentiles()).toEqual(whole.percentiles());
      expect(back.encode()).toEqual(whole.encode());
    }),
    { numRuns: 30 },
  );
});

test("minimum and maximum are exact to the microsecond, percentiles to three digits", () => {
  const histogram = of([3_268.919, 12.345, 700.5]);
  expect(histogram.percentiles()).toMatchObject({ count: 3, min: 12.345, max: 3_268.919 });
  expect(histogram.percentiles().mean).toBe(1_327.255);
  expect(Math.abs((histogram.valueAt(50) ?? 0) - 700.5)).toBeLessThan(0.8);
});

test("percentiles lie between minimum and maximum and grow", () => {
  fc.assert(
    fc.property(fc.array(latency, { minLength: 1, maxLength: 30 }), (values) => {
      const { min, p50, p90, p95, p99, p999, max } = of(values).percentiles();
      const ascending = [min, p50, p90, p95, p99, p999, max].map(Number);
      expect(ascending).toEqual(ascending.toSorted((a, b) => a - b));
    }),
    { numRuns: 50 },
  );
});

test("without a value everything is null, and merging nothing changes nothing", () => {
  const histogram = new LatencyHistogram();
  histogram.merge(new LatencyHistogram().encode());
  expect(histogram.percentiles()).toEqual({
    count: 0,
    min: null,
    mean: null,
    p50: null,
    p90: null,
    p95: null,
    p99: null,
    p999: null,
    max: null,
  });
});

test("what is not a number is dropped, and a negative latency counts as 0", () => {
  expect(of([Number.NaN, Infinity, -Infinity, -5]).percentiles()).toMatchObject({
    count: 1,
    min: 0,
    max: 0,
  });
});

test("a reset histogram starts anew", () => {
  const histogram = of([5]);
  histogram.reset();
  histogram.record(7);
  expect(histogram.percentiles()).toMatchObject({ count: 1, min: 7, max: 7, p50: 7 });
});

test("values are counted up to an edge, exactly where no value is within a thousandth of one", () => {
  const edges = [1, 10, 100, 1_000, 60_000, 1_800_000];
  const nearEdge = (value: number): boolean =>
    edges.some((edge) => Math.abs(value - edge) <= edge / 500);
  fc.assert(
    fc.property(fc.array(latency.filter((value) => !nearEdge(value))), (values) => {
      const exact = edges.map((edge) => values.filter((value) => value <= edge).length);
      expect(of(values).countsUpTo(edges)).toEqual(exact);
    }),
    { numRuns: 50 },
  );
  expect(of([1, 1, 1_000]).countsUpTo(edges)).toEqual([2, 2, 2, 3, 3, 3]);
});

test("a packed histogram holds, takes and gives the same as one that was not", () => {
  fc.assert(
    fc.property(fc.array(latency), fc.array(latency), (first, second) => {
      const packed = of(first);
      packed.pack();
      expect(packed.encode()).toEqual(of(first).encode());
      const absorbed = of(second);
      absorbed.absorb(packed);
      for (const value of second) packed.record(value);
      packed.pack();
      const whole = of([...first, ...second]);
      expect(packed.percentiles()).toEqual(whole.percentiles());
      expect(packed.countsUpTo([1, 1_000])).toEqual(whole.countsUpTo([1, 1_000]));
      expect(absorbed.encode()).toEqual(whole.encode());
      packed.reset();
      expect(packed.encode()).toEqual(of([]).encode());
    }),
    { numRuns: 30 },
  );
});
