import { expect, test } from "vitest";

import { emulatedRates, tierRates } from "../../../src/service/hub-rates.ts";

const throttle = (perS: number | null) => ({ perS, delayed: 0, refused: 0 });

test("the smallest hub is asked for four fifths of what its tier lets through", () => {
  const { registry, queries, twinReads, twinUpdates, methods } = tierRates("S1", 1);
  expect(registry * 60).toBeCloseTo(80);
  expect(queries * 60).toBeCloseTo(16);
  expect(twinReads).toBeCloseTo(80);
  expect(twinUpdates).toBeCloseTo(40);
  expect(methods).toBeCloseTo(32);
});

test("units count where they count in Azure", () => {
  expect(tierRates("S1", 3).registry * 60).toBeCloseTo(240);
  expect(tierRates("S1", 3).twinUpdates).toBeCloseTo(40);
});

test("a basic tier has no twins", () => {
  expect(tierRates("B2", 1)).toMatchObject({ twinReads: 0, twinUpdates: 0, methods: 0 });
});

test("an emulator without a tier, or one that says nothing of a hub, has no limit", () => {
  const state = {
    hubs: {
      "a.azure-devices.net": {
        tier: "S1",
        messages: { perDay: null, used: 0 },
        throttles: { twinReadsPerS: throttle(100), twinUpdatesPerS: throttle(null) },
      },
    },
    dps: {
      registrationsPerMinute: null,
      serviceOperationsPerMinute: null,
      windowS: 60,
      refused: 0,
    },
  };
  expect(emulatedRates(state, "a.azure-devices.net")).toMatchObject({
    twinReads: 80,
    twinUpdates: Infinity,
    queries: Infinity,
  });
  expect(emulatedRates(state, "b.azure-devices.net").twinReads).toBe(Infinity);
});
