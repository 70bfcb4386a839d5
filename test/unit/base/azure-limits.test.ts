import { expect, test } from "vitest";
import { hubLimits, HUB_TIERS, REGISTRATION_ID_PATTERN } from "../../../src/base/azure-limits.ts";

test("two S1 units connect 100 devices a second, thirty connect 360", () => {
  expect(hubLimits("S1", 2).connectionsPerS).toBe(100);
  expect(hubLimits("S1", 30).connectionsPerS).toBe(360);
});

test("a higher tier never allows less", () => {
  const limits = HUB_TIERS.map((tier) => hubLimits(tier, 1));
  for (const [index, { connectionsPerS, telemetryPerS, messagesPerDay }] of limits.entries()) {
    const below = limits[index - 1];
    expect(connectionsPerS).toBeGreaterThanOrEqual(below?.connectionsPerS ?? 0);
    expect(telemetryPerS).toBeGreaterThanOrEqual(below?.telemetryPerS ?? 0);
    expect(messagesPerDay).toBeGreaterThan(below?.messagesPerDay ?? 0);
  }
});

test.each([
  ["cheesecave-device1", true],
  ["a.b_c:d-", true],
  ["ends.", false],
  ["with space", false],
  ["ü", false],
  ["", false],
])("%j as a registration id: %s", (id, good) => {
  expect(REGISTRATION_ID_PATTERN.test(id)).toBe(good);
});
