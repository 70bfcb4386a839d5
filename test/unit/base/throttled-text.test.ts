import { expect, test } from "vitest";
import { throttledText } from "../../../src/base/throttled-text.ts";

test.each([
  [{}, undefined],
  [{ tier: "none" }, undefined],
  [{ tier: "F1" }, "tier F1, 1 unit"],
  [{ tier: "S1", units: 2 }, "tier S1, 2 units"],
  [{ dpsRegistrationsPerMinute: 200 }, "DPS limit 200/m"],
  [{ tier: "B1", units: 3, dpsRegistrationsPerMinute: 60 }, "tier B1, 3 units, DPS limit 1/s"],
] as const)("%j is told as %s", (given, text) => {
  expect(throttledText(given)).toBe(text);
});
