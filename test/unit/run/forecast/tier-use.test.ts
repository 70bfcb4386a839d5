import { expect, test } from "vitest";

import type { HubDevice } from "../../../../src/run/forecast/hub-load.ts";
import { hubLoad } from "../../../../src/run/forecast/hub-load.ts";
import type { HubUseName } from "../../../../src/run/forecast/tier-use.ts";
import { tierChoices, tierUses } from "../../../../src/run/forecast/tier-use.ts";

const DAY_MS = 86_400_000;

/** Devices that connect at `perS`, send one message of 100 bytes each `intervalS`, and report nothing. */
function load(count: number, perS: number, intervalS: number) {
  const sample = {
    sizes: [100],
    steps: 1,
    intervalMs: undefined,
    reportedBytes: undefined,
    twinBytes: 2,
  };
  const devices: HubDevice[] = Array.from({ length: count }, (_, at) => ({
    connectedMs: (at * 1_000) / perS,
    intervalMs: intervalS * 1_000,
    sample,
  }));
  return hubLoad(devices, []);
}

const useOf = (name: HubUseName, uses: ReturnType<typeof tierUses>) =>
  uses.find(({ use }) => use === name);

test("a limit that is just reached holds; above it, the moment is told", () => {
  const s1 = { tier: "S1", units: 1 } as const;
  const just = tierUses(load(200, 100, 100), s1, DAY_MS);
  expect(useOf("connectionsPerS", just)).toEqual({
    use: "connectionsPerS",
    needed: 100,
    allowed: 100,
    exceededAtS: null,
  });
  const above = tierUses(load(202, 101, 100), s1, DAY_MS);
  expect(useOf("connectionsPerS", above)).toMatchObject({ needed: 101, exceededAtS: 0 });
});

test("a free hub has 500 devices and 8,000 messages a day, and the day ends with the run", () => {
  const f1 = { tier: "F1", units: 1 } as const;
  const day = tierUses(load(501, 1, 60), f1, DAY_MS);
  expect(useOf("devicesMax", day)).toEqual({
    use: "devicesMax",
    needed: 501,
    allowed: 500,
    exceededAtS: 500,
  });
  expect(useOf("messagesPerDay", day)?.exceededAtS).not.toBeNull();
  const minutes = tierUses(load(10, 10, 60), f1, 600_000);
  // 10 twins are read, and ten times ten messages sent.
  expect(useOf("messagesPerDay", minutes)).toMatchObject({ needed: 110, exceededAtS: null });
});

test("500 messages a second fit 42 units of S1, 5 of S2 and one of S3; basic tiers have no twins", () => {
  const choices = tierChoices([load(500, 10, 1)], 3_600_000);
  const units = Object.fromEntries(choices.map((choice) => [choice.tier, choice.units]));
  // S1: 500 / 12; S2: 500 / 120.
  expect(units).toEqual({ F1: null, B1: null, B2: null, B3: null, S1: 42, S2: 5, S3: 1 });
  expect(choices.find(({ tier }) => tier === "B2")?.exceeded).toEqual(["twinReadsPerS"]);
});

test("of several hubs the busiest decides", () => {
  const [some, many] = [load(10, 10, 1), load(500, 10, 1)];
  expect(tierChoices([some, many], 3_600_000)).toEqual(tierChoices([many], 3_600_000));
});
