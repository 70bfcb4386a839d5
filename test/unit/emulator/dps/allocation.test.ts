import fc from "fast-check";
import { expect, test } from "vitest";
import { allocateHashed } from "../../../../src/emulator/dps/allocation.ts";

const hubs = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 5 });

test("the same id gets the same hub, in whatever order and case they are given", () => {
  fc.assert(
    fc.property(fc.string(), hubs, (id, names) => {
      const hub = allocateHashed(id, names);
      expect(names).toContain(hub);
      expect(allocateHashed(id.toUpperCase().toLowerCase(), names.toReversed())).toBe(
        allocateHashed(id.toLowerCase(), names),
      );
    }),
  );
});

test("a new hub takes devices, and moves none between the others", () => {
  fc.assert(
    fc.property(fc.string(), hubs, (id, names) => {
      const before = allocateHashed(id, names);
      expect([before, "zz-new"]).toContain(allocateHashed(id, [...names, "zz-new"]));
    }),
  );
});

test("without hubs there is none", () => {
  expect(allocateHashed("a", [])).toBeUndefined();
});
