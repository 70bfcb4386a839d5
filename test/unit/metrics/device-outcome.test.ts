import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { Aggregate } from "../../../src/metrics/aggregate.ts";
import type { OutcomeFacts } from "../../../src/metrics/device-outcome.ts";
import {
  isRefusedAsExpected,
  isToBeAdmitted,
  isUnexpected,
  outcomeOf,
} from "../../../src/metrics/device-outcome.ts";
import { DEVICE_STATES } from "../../../src/metrics/device-row.ts";
import { evaluateThreshold, parseThreshold } from "../../../src/metrics/thresholds.ts";
import { rowOf, snapshotOf } from "./snapshots.ts";

const facts = fc.record({
  registrationMs: fc.constantFrom(null, 20),
  wasConnected: fc.boolean(),
  state: fc.constantFrom(...DEVICE_STATES),
  errorClass: fc.constantFrom(null, "unauthorized", "disabled"),
  expectedRefusal: fc.constantFrom(undefined, "unauthorized", "disabled"),
});

const REFUSED: OutcomeFacts = {
  registrationMs: null,
  wasConnected: false,
  state: "failed",
  errorClass: "unauthorized",
};

describe("one device", () => {
  test.each<[string, Partial<OutcomeFacts>]>([
    ["was let in by DPS, and went wrong later", { registrationMs: 20 }],
    ["was let in by the hub that it brought along", { wasConnected: true }],
  ])("%s: it was not refused", (_, changes) => {
    expect(outcomeOf({ ...REFUSED, ...changes })).toBe("admitted");
    expect(isUnexpected({ ...REFUSED, ...changes })).toBe(false);
    expect(isUnexpected({ ...REFUSED, ...changes, expectedRefusal: "unauthorized" })).toBe(true);
  });

  test("is refused as expected by the class that is expected alone", () => {
    expect(isUnexpected(REFUSED)).toBe(true);
    expect(isUnexpected({ ...REFUSED, expectedRefusal: "unauthorized" })).toBe(false);
    expect(isUnexpected({ ...REFUSED, expectedRefusal: "disabled" })).toBe(true);
  });

  test("that still tries at the end was neither let in nor refused", () => {
    const trying: OutcomeFacts = { ...REFUSED, state: "stopped" };
    expect(outcomeOf(trying)).toBe("pending");
    expect(isUnexpected(trying)).toBe(false);
    expect(isUnexpected({ ...trying, expectedRefusal: "unauthorized" })).toBe(true);
  });
});

test("nothing is unexpected if and only if exactly those are refused that are to be, each with its class", () => {
  fc.assert(
    fc.property(fc.array(facts), (fleet) => {
      const keyed = fleet.map((row, at) => ({ ...row, at }));
      const wanted = keyed.filter((row) => row.expectedRefusal !== undefined);
      const refused = keyed.filter((row) => outcomeOf(row) === "refused");
      const tell = (rows: typeof keyed, of: "errorClass" | "expectedRefusal"): string[] =>
        rows.map((row) => `${row.at} ${row[of] ?? "none"}`);
      const isExact =
        JSON.stringify(tell(wanted, "expectedRefusal")) ===
        JSON.stringify(tell(refused, "errorClass"));
      expect(!fleet.some(isUnexpected)).toBe(isExact);
      expect(fleet.filter(isRefusedAsExpected).some(isToBeAdmitted)).toBe(false);
    }),
  );
});

describe("a fleet of two good devices, of which one is refused, and two bad ones, of which one is let in", () => {
  const aggregate = new Aggregate([
    { registrationId: "good", model: "m" },
    { registrationId: "kept-out", model: "m" },
    { registrationId: "bad", model: "m", expectedRefusal: "unauthorized" },
    { registrationId: "let-in", model: "m", expectedRefusal: "unauthorized" },
  ]);
  const kept = { ...REFUSED, hub: "", wasAssigned: false };
  aggregate.add(
    snapshotOf({
      devices: [
        rowOf({ registrationId: "good" }),
        rowOf({ ...kept, registrationId: "kept-out", errorClass: "disabled" }),
        rowOf({ ...kept, registrationId: "bad" }),
        rowOf({ registrationId: "let-in" }),
      ],
    }),
  );

  test.each([
    ["devices_planned == 4", 4],
    ["devices_to_admit == 2", 2],
    ["devices_assigned == 1", 1],
    ["devices_assigned == 100%", 50],
    ["devices_connected == 100%", 50],
    ["devices_failed == 0", 1],
    ["devices_refused == 2", 2],
    ["devices_refused{class:disabled} == 1", 1],
    ["devices_refused rate == 50%", 50],
    ["devices_unexpected == 0", 2],
  ])("%s observes %d", (expression, observed) => {
    expect(evaluated(expression, aggregate)).toMatchObject({ observed });
  });

  test("rows say what was expected of each device, also of one that was never heard of", () => {
    const unheard = new Aggregate([
      { registrationId: "x", model: "m", expectedRefusal: "disabled" },
    ]);
    expect(unheard.row("x")).toMatchObject({ state: "waiting", expectedRefusal: "disabled" });
    expect(aggregate.row("bad")?.expectedRefusal).toBe("unauthorized");
    expect(aggregate.row("good")).not.toHaveProperty("expectedRefusal");
  });
});

test("a share of those who are let in decides nothing where nobody is to be let in", () => {
  const aggregate = new Aggregate([
    { registrationId: "x", model: "m", expectedRefusal: "unauthorized" },
  ]);
  expect(evaluated("devices_assigned == 100%", aggregate)).toMatchObject({
    observed: null,
    passed: null,
  });
});

function evaluated(expression: string, aggregate: Aggregate) {
  const parsed = parseThreshold(expression);
  if ("problem" in parsed) throw new Error(parsed.problem);
  return evaluateThreshold(parsed.threshold, { aggregate, extra: () => undefined });
}
