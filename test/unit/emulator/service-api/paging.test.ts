import fc from "fast-check";
import { expect, test } from "vitest";
import { pageOf } from "../../../../src/emulator/service-api/paging.ts";

const sizes = { defaultSize: 100, maxSize: 1000 };

test("the pages together hold every item once, in order, and the last has no token", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string()), fc.integer({ min: 1, max: 7 }), (items, size) => {
      const seen: string[] = [];
      let continuation: string | undefined;
      do {
        const page = pageOf(items, (item) => item, {
          ...sizes,
          maxItemCount: String(size),
          continuation,
        });
        expect(page.items.length).toBeLessThanOrEqual(size);
        seen.push(...page.items);
        continuation = page.continuation;
      } while (continuation !== undefined);
      expect(seen).toEqual(items.toSorted((a, b) => (a < b ? -1 : 1)));
    }),
  );
});

const page = (maxItemCount?: string, continuation?: string) => () =>
  pageOf(["a"], (item) => item, { ...sizes, maxItemCount, continuation });

test("a page size or token that cannot be is refused", () => {
  for (const bad of ["0", "-1", "x", "1.5"]) expect(page(bad)).toThrow("x-ms-max-item-count");
  expect(page(undefined, "garbage")).toThrow("x-ms-continuation");
});
