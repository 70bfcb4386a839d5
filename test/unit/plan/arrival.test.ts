import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ArrivalSources } from "../../../src/plan/arrival.ts";
import { lateArrival, startTimes } from "../../../src/plan/arrival.ts";
import type { Arrival, ArrivalWay } from "../../../src/scenario/arrival-section.ts";

const idsOf = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `cave-${index + 1}`);

const startsOf = (count: number, arrival: Arrival, sources: Partial<ArrivalSources> = {}) =>
  startTimes(idsOf(count), arrival, { seed: 1, ...sources });

/** When the last of 951 devices is due. */
const endS = (
  arrival: Pick<Arrival, "dpsLimitPerMinute">,
  sources: Partial<ArrivalSources> = {},
): number =>
  Math.round((startsOf(951, { way: "auto", ...arrival }, sources).startsMs.at(-1) ?? 0) / 1_000);

/** What is told of an arrival over 8 s in a run of 5. */
const toldLate = (arrival: Arrival) =>
  lateArrival(arrival, { devices: 9, endMs: 8_000, durationMs: 5_000 }, { seed: 1 })[0]?.message;

test("at a rate devices start evenly spaced, the first at once", () => {
  expect(startsOf(4, { way: "rate", ratePerS: 4 }).startsMs).toEqual([0, 250, 500, 750]);
  fc.assert(
    fc.property(
      fc.nat({ max: 500 }),
      fc.double({ min: 0.01, max: 1_000, noNaN: true }),
      (count, ratePerS) => {
        const { startsMs, problems } = startsOf(count, { way: "rate", ratePerS });
        expect(problems).toEqual([]);
        expect(startsMs).toHaveLength(count);
        for (const [index, ms] of startsMs.entries()) {
          expect(ms).toBeCloseTo((index / ratePerS) * 1_000, 3);
        }
      },
    ),
  );
});

test("auto stays below the limit of the run's own emulator, else of the scenario, else of Azure", () => {
  expect(endS({})).toBe(60);
  expect(endS({ dpsLimitPerMinute: 500 })).toBe(120);
  expect(endS({ dpsLimitPerMinute: 500 }, { ownLimitPerMinute: 100 })).toBe(600);
});

const WAYS: readonly ArrivalWay[] = [
  { way: "rate", ratePerS: 3 },
  { way: "auto" },
  { way: "stages", fromPerS: 1, stages: [{ forMs: 100_000, toPerS: 9 }] },
  {
    way: "bursts",
    bursts: [
      { atMs: 9_000, percent: 50 },
      { atMs: 3_000, percent: 50 },
    ],
  },
  { way: "times", atMs: [900, 0, 100, ...Array.from({ length: 100 }, (_, at) => at)] },
  { way: "file", file: "times.txt" },
];

test.each(WAYS)("$way gives every device its time, in order, and the same each time", (way) => {
  const times = Array.from({ length: 50 }, (_, at) => 100 - at);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), (count) => {
      const { startsMs, problems } = startsOf(count, way, { times });
      expect(problems).toEqual([]);
      expect(startsMs).toHaveLength(count);
      expect(startsMs).toEqual(startsMs.toSorted((a, b) => a - b));
      expect(startsOf(count, way, { times }).startsMs).toEqual(startsMs);
    }),
  );
});

describe("an arrival that does not fit its fleet is told", () => {
  test.each<[string, ArrivalWay, string, string]>([
    [
      "stages that end before",
      { way: "stages", fromPerS: 0, stages: [{ forMs: 10_000, toPerS: 2 }] },
      "arrival.stages",
      "the stages start 11 of 20 devices in 10s",
    ],
    [
      "stages at no rate",
      { way: "stages", fromPerS: 0, stages: [{ forMs: 60_000, toPerS: 0 }] },
      "arrival.stages",
      "the stages start 1 of 20 devices in 1m",
    ],
    [
      "bursts of too few",
      { way: "bursts", bursts: [{ atMs: 0, percent: 50 }] },
      "arrival.bursts",
      "expected bursts of 20 devices in all, got 10",
    ],
    [
      "bursts of too many",
      { way: "bursts", bursts: [{ atMs: 0, count: 1_000_000 }] },
      "arrival.bursts",
      "expected bursts of 20 devices in all, got 1000000",
    ],
    [
      "fewer times than devices",
      { way: "times", atMs: [0, 1] },
      "arrival.times",
      "expected a time for each of 20 devices, got 2",
    ],
  ])("%s", (_name, way, place, message) => {
    expect(startsOf(20, way).problems).toMatchObject([{ place, message }]);
  });

  test("one that outlasts the run, in the words of its way", () => {
    const end = "arrive over 8s, but the run ends after 5s";
    expect(toldLate({ way: "rate", ratePerS: 1 })).toBe(`9 devices at 1/s ${end}`);
    expect(toldLate({ way: "auto" })).toBe(`9 devices at 950/m (rate: auto) ${end}`);
    expect(toldLate({ way: "times", atMs: [] })).toBe(`9 devices ${end}`);
  });
});
