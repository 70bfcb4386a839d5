import fc from "fast-check";
import { expect, test } from "vitest";

import { groupedBy } from "../../../src/base/grouped-by.ts";

test("each item is in the group of its key, once and in order", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), (numbers) => {
      const groups = groupedBy(numbers, (n) => n % 7);
      expect([...groups.keys()]).toEqual([...new Set(numbers.map((n) => n % 7))]);
      for (const [key, members] of groups) {
        expect(members).toEqual(numbers.filter((n) => n % 7 === key));
      }
    }),
  );
});
