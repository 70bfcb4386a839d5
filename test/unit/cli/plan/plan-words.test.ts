import { expect, test } from "vitest";

import { bytesText, timeText, useText } from "../../../../src/cli/plan/plan-words.ts";

test("times are told in the two largest units that they have", () => {
  expect([0, 2.94, 59.9, 60, 552.99, 3_600, 99_990].map(timeText)).toEqual([
    "0 s",
    "2.9 s",
    "59.9 s",
    "1 min",
    "9 min 13 s",
    "1 h",
    "27 h 46 min",
  ]);
});

test("memory is told in MiB below a GiB", () => {
  expect([312.4 * 2 ** 20, 11.23 * 2 ** 30].map(bytesText)).toEqual(["312 MiB", "11.2 GiB"]);
});

test("a use has a tick, or a cross with the moment; what a tier does not have is told as that", () => {
  const use = { use: "twinReadsPerS", needed: 120.5, allowed: 100, exceededAtS: 3 } as const;
  expect(useText(use)).toBe("✗ twin reads a second: 120.5 of 100, exceeded after 3 s");
  expect(useText({ ...use, allowed: 0 })).toContain("120.5 not in this tier, exceeded after 3 s");
  expect(useText({ ...use, allowed: 500, exceededAtS: null })).toBe(
    "✓ twin reads a second: 120.5 of 500",
  );
});
