import { expect, test } from "vitest";

import { partsText } from "../../../src/output/parts-text.ts";

test.each([
  [{ shard: null, merged: null }, undefined],
  [{ shard: { index: 2, of: 4 }, merged: null }, "part 2/4"],
  [{ shard: null, merged: { parts: [1, 2, 3], of: 3 } }, "3 parts merged"],
  [{ shard: null, merged: { parts: [1], of: 1 } }, "1 part merged"],
  [{ shard: null, merged: { parts: [1, 3], of: 4 } }, "only parts 1, 3 of 4"],
  [{ shard: null, merged: { parts: [2], of: 4 } }, "only part 2 of 4"],
])("%j is %s", (run, expected) => {
  expect(partsText(run)).toBe(expected);
});
