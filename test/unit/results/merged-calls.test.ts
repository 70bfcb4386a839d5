import fc from "fast-check";
import { expect, test } from "vitest";

import { LatencyHistogram } from "../../../src/metrics/histogram.ts";
import type { ActionCalls } from "../../../src/output/output.ts";
import { mergedCalls } from "../../../src/results/merged-calls.ts";

const calls = fc
  .record({
    answers: fc.dictionary(fc.constantFrom("2xx", "4xx", "5xx"), fc.nat(1_000), { maxKeys: 3 }),
    ms: fc.array(fc.nat(10_000), { maxLength: 20 }),
  })
  .map(({ answers, ms }): ActionCalls => {
    const times = new LatencyHistogram();
    for (const one of ms) times.record(one);
    return { answers: { ...answers }, times: times.encode() };
  });

test("what parts were answered sums to the whole, in either order", () => {
  fc.assert(
    fc.property(calls, calls, (a, b) => {
      const both = mergedCalls(a, b);
      expect(both?.times.count).toBe(a.times.count + b.times.count);
      for (const name of ["2xx", "4xx", "5xx"]) {
        const sum = (a.answers[name] ?? 0) + (b.answers[name] ?? 0);
        expect(both?.answers[name] ?? 0).toBe(sum);
      }
      expect(mergedCalls(b, a)?.times.sum).toBeCloseTo(both?.times.sum ?? 0);
    }),
  );
});

test("without calls there is no account of them", () => {
  expect(mergedCalls(undefined, undefined)).toBeUndefined();
});
