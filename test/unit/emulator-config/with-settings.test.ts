import { expect, test } from "vitest";
import { withSettings } from "../../../src/emulator-config/with-settings.ts";

const config = { tier: "S1", units: 3, tierLimits: { queriesPerS: 1 }, retryAfterS: 1 } as const;

test("other settings beat the configuration one by one", () => {
  expect(withSettings(config, {})).toEqual(config);
  expect(withSettings(config, { tier: "S2", retryAfterS: 2 })).toEqual({
    ...config,
    tier: "S2",
    retryAfterS: 2,
  });
});

test("without a tier there are no units and no rates of one", () => {
  expect(withSettings(config, { tier: "none" })).toEqual({ tier: "none", retryAfterS: 1 });
});
