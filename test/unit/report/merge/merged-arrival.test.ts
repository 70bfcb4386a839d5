import { expect, test } from "vitest";

import type { ArrivalEvent } from "../../../../src/output/output.ts";
import { MergedArrival } from "../../../../src/report/merge/merged-arrival.ts";

const event = (changes: Partial<ArrivalEvent>): ArrivalEvent => ({
  type: "arrival",
  t: 0,
  reason: "raise",
  ratePerS: 5,
  beforePerS: 5,
  started: 1,
  ...changes,
});

test("the rates of parts add up to that of the whole, which begins with the first and is complete with the last", () => {
  const merged = new MergedArrival(2);
  expect(merged.add(0, event({ reason: "begin", beforePerS: 0, started: 0 }))).toEqual([
    event({ reason: "begin", beforePerS: 0, started: 0 }),
  ]);
  expect(merged.add(1, event({ reason: "begin", beforePerS: 0, started: 0 }))).toEqual([
    event({ reason: "raise", beforePerS: 5, ratePerS: 10, started: 0 }),
  ]);
  expect(merged.add(1, event({ reason: "throttled", ratePerS: 2, started: 7 }))).toEqual([
    event({ reason: "throttled", beforePerS: 10, ratePerS: 7, started: 7 }),
  ]);
  expect(merged.add(0, event({ reason: "complete", started: 9 }))).toEqual([]);
  expect(merged.add(1, event({ reason: "complete", ratePerS: 2, started: 8 }))).toEqual([
    event({ reason: "complete", beforePerS: 7, ratePerS: 7, started: 17 }),
  ]);
});
