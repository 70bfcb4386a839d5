import { describe, expect, test } from "vitest";
import type { EmulatorTier, HubTier } from "../../../src/base/hub-tiers.ts";
import { HUB_TIERS, hubLimits, UNITS_MAX, unitsProblem } from "../../../src/base/hub-tiers.ts";

/**
 * Microsoft Learn, "Reference - IoT Hub quotas and throttling", as it stands there: "F1, B1, S1", "B2, S2", "B3, S3"; `/m`
 * is a minute, `/u` for each unit.
 */
const DOCUMENTED = {
  registryOperationsPerS: ["100/m/u", "100/m/u", "5000/m/u"],
  connectionsPerS: ["greater of 100/s and 12/s/u", "120/s/u", "6000/s/u"],
  telemetryPerS: ["greater of 100/s and 12/s/u", "120/s/u", "6000/s/u"],
  commandsPerS: ["100/m/u", "100/m/u", "5000/m/u"],
  commandReceivesPerS: ["1000/m/u", "1000/m/u", "50000/m/u"],
  fileUploadsPerS: ["100/m/u", "100/m/u", "5000/m/u"],
  methodBytesPerS: ["163840/s/u", "491520/s/u", "25165824/s/u"],
  queriesPerS: ["20/m/u", "20/m/u", "1000/m/u"],
  twinReadsPerS: ["100/s", "greater of 100/s and 10/s/u", "500/s/u"],
  twinUpdatesPerS: ["50/s", "greater of 50/s and 5/s/u", "250/s/u"],
  jobOperationsPerS: ["100/m/u", "100/m/u", "5000/m/u"],
  jobDevicesPerS: ["10/s", "greater of 10/s and 1/s/u", "50/s/u"],
  configurationsPerS: ["20/m/u", "20/m/u", "20/m/u"],
  deviceStreamsPerS: ["5/s", "5/s", "5/s"],
} as const;

const BASIC_HAS = new Set([
  "registryOperationsPerS",
  "connectionsPerS",
  "telemetryPerS",
  "fileUploadsPerS",
  "queriesPerS",
]);

/** A cell of the table for so many units, per second. */
function perS(cell: string, units: number): number {
  const rates = [...cell.matchAll(/(\d+)\/([sm])(\/u)?/g)].map(
    ([, count, time, perUnit]) =>
      (Number(count) / (time === "m" ? 60 : 1)) * (perUnit === undefined ? 1 : units),
  );
  return Math.max(...rates);
}

describe.each(HUB_TIERS)("%s", (tier) => {
  const column = tier.endsWith("1") ? 0 : tier.endsWith("2") ? 1 : 2;
  const units = [1, Math.ceil(UNITS_MAX[tier] / 2), UNITS_MAX[tier]];

  test.each(Object.entries(DOCUMENTED))("%s", (name, cells) => {
    const isThere = !tier.startsWith("B") || BASIC_HAS.has(name);
    for (const count of units)
      expect(Reflect.get(hubLimits(tier, count), name)).toBeCloseTo(
        isThere ? perS(cells[column], count) : 0,
        9,
      );
  });
});

test.each([
  ["F1", 8_000, 512, 1],
  ["B1", 400_000, 4_096, 1],
  ["S1", 400_000, 4_096, 1],
  ["B2", 6_000_000, 4_096, 5],
  ["S2", 6_000_000, 4_096, 5],
  ["B3", 300_000_000, 4_096, 10],
  ["S3", 300_000_000, 4_096, 10],
] as const)("%s: %d messages of %d bytes a day, %d jobs at a time", (tier, perDay, bytes, jobs) => {
  const most = UNITS_MAX[tier];
  expect(hubLimits(tier, 1)).toMatchObject({
    messagesPerDay: perDay,
    meterBytes: bytes,
    jobsMaxActive: jobs,
  });
  expect(hubLimits(tier, most).messagesPerDay).toBe(perDay * most);
});

test("a free hub has room for less than any other", () => {
  expect(hubLimits("F1", 1)).toMatchObject({
    devicesMax: 500,
    routingEndpointsMax: 1,
    routesMax: 5,
    enrichmentsMax: 2,
  });
  for (const tier of HUB_TIERS.filter((one): one is Exclude<HubTier, "F1"> => one !== "F1"))
    expect(hubLimits(tier, 1)).toMatchObject({
      devicesMax: 1_000_000,
      routingEndpointsMax: 10,
      routesMax: 100,
      enrichmentsMax: 10,
    });
});

test.each<[EmulatorTier, number | undefined, string | undefined]>([
  ["none", undefined, undefined],
  ["S1", undefined, undefined],
  ["F1", 1, undefined],
  ["S1", 200, undefined],
  ["B3", 10, undefined],
  ["F1", 2, "expected 1 unit of F1, got 2"],
  ["S3", 11, "expected 1 to 10 units of S3, got 11"],
  ["B2", 0, "expected 1 to 200 units of B2, got 0"],
  ["S1", 1.5, "expected 1 to 200 units of S1, got 1.5"],
  ["none", 1, "expected a tier such as S1 with units, got tier none"],
])("%s with %s units: %s", (tier, units, problem) => {
  expect(unitsProblem(tier, units)).toBe(problem);
});
