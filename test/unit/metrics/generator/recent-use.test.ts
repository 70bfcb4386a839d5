import fc from "fast-check";
import { expect, test } from "vitest";
import { GENERATOR_LIMITS } from "../../../../src/metrics/generator/generator-limits.ts";
import { RecentUse } from "../../../../src/metrics/generator/recent-use.ts";

const span = fc.record({
  spanMs: fc.integer({ min: 1, max: 7_000 }),
  cpuMs: fc.nat({ max: 7_000 }),
  lateMs: fc.nat({ max: 7_000 }),
  gcMs: fc.nat({ max: 7_000 }),
});

test("the sums are those of the fewest latest spans that fill the window", () => {
  fc.assert(
    fc.property(fc.array(span, { maxLength: 30 }), (spans) => {
      const recent = new RecentUse();
      const told = spans.map((use) => recent.add(use)).at(-1);
      const latest: typeof spans = [];
      let filledMs = 0;
      for (const use of spans.toReversed()) {
        if (filledMs >= GENERATOR_LIMITS.windowMs) break;
        latest.push(use);
        filledMs += use.spanMs;
      }
      const sum = (of: "cpuMs" | "lateMs" | "gcMs"): number =>
        latest.reduce((total, use) => total + use[of], 0);
      expect(told).toEqual(
        filledMs < GENERATOR_LIMITS.windowMs
          ? undefined
          : { spanMs: filledMs, cpuMs: sum("cpuMs"), lateMs: sum("lateMs"), gcMs: sum("gcMs") },
      );
    }),
  );
});
