import fc from "fast-check";
import { expect, test } from "vitest";
import { joinHealth } from "../../../../src/metrics/generator/generator-sample.ts";
import type { ProcessHealth } from "../../../../src/metrics/generator/process-health.ts";

const whole = fc.nat({ max: 1e9 });
const collections = fc.record({ count: whole, ms: whole });
const health: fc.Arbitrary<ProcessHealth> = fc.record({
  spanMs: whole,
  cpuMs: whole,
  loopMaxMs: whole,
  lateMs: whole,
  gc: fc.record({ minor: collections, major: collections }, { requiredKeys: [] }),
  heapUsedBytes: whole,
  heapLimitBytes: fc.constant(2e9),
  rssBytes: whole,
  stalls: fc.array(fc.record({ t: whole, ms: whole }), { maxLength: 3 }),
});

test("spans can be joined in any grouping", () => {
  fc.assert(
    fc.property(health, health, health, (a, b, c) => {
      expect(joinHealth(joinHealth(a, b), c)).toEqual(joinHealth(a, joinHealth(b, c)));
    }),
  );
});
