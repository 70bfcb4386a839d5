import fc from "fast-check";
import { expect, test } from "vitest";
import type { Candidate } from "../../../../src/emulator/dps/allocation.ts";
import { chooseHub } from "../../../../src/emulator/dps/allocation.ts";

const candidates = fc.uniqueArray(
  fc.record({
    hostName: fc.stringMatching(/^[a-z]{1,8}$/),
    weight: fc.integer({ min: 1, max: 1000 }),
    latencyMs: fc.integer({ min: 0, max: 3 }),
  }),
  { selector: ({ hostName }) => hostName, minLength: 1, maxLength: 5 },
);

const hub = (hostName: string, weight = 1, latencyMs = 0): Candidate => ({
  hostName,
  weight,
  latencyMs,
});

/** How many of 5,000 ids each hub gets. */
function sharesOf(hubs: readonly Candidate[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = Object.fromEntries(hubs.map((h) => [h.hostName, 0]));
  for (let n = 0; n < 5000; n += 1) {
    const chosen = chooseHub("hashed", `device-${n}`, hubs) ?? "";
    counts[chosen] = (counts[chosen] ?? 0) + 1 / 5000;
  }
  return counts;
}

test("the same id gets the same hub, in whatever order and case they are given", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9-]*$/), candidates, (id, hubs) => {
      const chosen = chooseHub("hashed", id, hubs);
      expect(hubs.map(({ hostName }) => hostName)).toContain(chosen);
      expect(chooseHub("hashed", id.toUpperCase(), hubs.toReversed())).toBe(chosen);
    }),
  );
});

test("shares follow the weights", () => {
  fc.assert(
    fc.property(candidates, (hubs) => {
      const total = hubs.reduce((sum, { weight }) => sum + weight, 0);
      const shares = sharesOf(hubs);
      // The spread of 5,000 draws is at most 0.0071; six times that does not happen by chance.
      for (const { hostName, weight } of hubs)
        expect(Math.abs((shares[hostName] ?? 0) - weight / total)).toBeLessThan(0.043);
    }),
    { numRuns: 30 },
  );
});

test("a new hub takes devices, and moves none between the others", () => {
  fc.assert(
    fc.property(fc.string(), candidates, (id, hubs) => {
      const before = chooseHub("hashed", id, hubs);
      expect([before, "zz-new"]).toContain(chooseHub("hashed", id, [...hubs, hub("zz-new", 10)]));
    }),
  );
});

test("a hub with a larger weight takes devices, and gives none away", () => {
  fc.assert(
    fc.property(fc.string(), candidates, fc.integer({ min: 1, max: 100 }), (id, hubs, more) => {
      const [first, ...others] = hubs;
      if (first === undefined) return;
      const before = chooseHub("hashed", id, hubs);
      const after = chooseHub("hashed", id, [{ ...first, weight: first.weight + more }, ...others]);
      expect([before, first.hostName]).toContain(after);
    }),
  );
});

test("geoLatency takes one of the nearest hubs, and hashes where several are", () => {
  fc.assert(
    fc.property(fc.string(), candidates, (id, hubs) => {
      const lowest = Math.min(...hubs.map(({ latencyMs }) => latencyMs));
      const nearest = hubs.filter(({ latencyMs }) => latencyMs === lowest);
      expect(chooseHub("geoLatency", id, hubs)).toBe(chooseHub("hashed", id, nearest));
    }),
  );
});

test("static is exactly one hub", () => {
  expect(chooseHub("static", "a", [hub("one", 1, 99)])).toBe("one");
  expect(chooseHub("static", "a", [hub("one"), hub("two")])).toBeUndefined();
});

test("without hubs there is none", () => {
  for (const policy of ["hashed", "geoLatency", "static"] as const)
    expect(chooseHub(policy, "a", [])).toBeUndefined();
});
