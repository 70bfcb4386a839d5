import fc from "fast-check";
import { expect, test } from "vitest";

import { StartSchedule } from "../../../../src/run/arrival/start-schedule.ts";

const devicesAt = (dueMs: readonly number[]) =>
  dueMs.map((ms, index) => ({ registrationId: `cave-${index}`, dueMs: ms }));

const dueTimes = fc
  .array(fc.nat(60_000), { minLength: 1, maxLength: 40 })
  .map((times) => times.toSorted((a, b) => a - b));

type Step = { readonly do: "pause" | "resume" | "take" } | { readonly perS: number };

const steps = fc.array(
  fc.record({
    forMs: fc.nat(5_000),
    step: fc.oneof(
      fc.constantFrom<Step>({ do: "pause" }, { do: "resume" }, { do: "take" }),
      fc.double({ min: 0.1, max: 100, noNaN: true }).map((perS): Step => ({ perS })),
    ),
  }),
  { maxLength: 30 },
);

test("whatever is asked, each device is taken once, in order, at moments that do not fall", () => {
  fc.assert(
    fc.property(dueTimes, steps, (times, asked) => {
      const devices = devicesAt(times);
      const schedule = new StartSchedule(devices);
      let nowMs = 0;
      const taken = asked.flatMap(({ forMs, step }) => {
        nowMs += forMs;
        if ("perS" in step) schedule.setRate(step.perS, nowMs);
        else if (step.do === "pause") schedule.pause(nowMs);
        else if (step.do === "resume") schedule.resume(nowMs);
        else return schedule.take(nowMs);
        return [];
      });
      schedule.resume(nowMs);
      taken.push(...schedule.take(Infinity));
      expect(taken.map(({ registrationId }) => registrationId)).toEqual(
        devices.map(({ registrationId }) => registrationId),
      );
      const due = taken.map(({ dueMs }) => dueMs);
      expect(due).toEqual(due.toSorted((a, b) => a - b));
      expect(schedule.left).toBe(0);
    }),
  );
});

test("a pause moves all that is still to come by its length, and is nobody's latency", () => {
  fc.assert(
    fc.property(dueTimes, fc.nat(60_000), fc.nat(60_000), (times, pausedMs, forMs) => {
      const schedule = new StartSchedule(devicesAt(times));
      const before = schedule.take(pausedMs);
      schedule.pause(pausedMs);
      expect(schedule.take(Infinity)).toEqual([]);
      schedule.resume(pausedMs + forMs);
      expect(schedule.take(Infinity).map(({ dueMs }) => dueMs)).toEqual(
        times.slice(before.length).map((ms) => ms + forMs),
      );
    }),
  );
});

test("a rate spaces the devices to come evenly, from a gap after now or the last one on", () => {
  const schedule = new StartSchedule(devicesAt([0, 10_000, 20_000, 30_000, 40_000]));
  schedule.take(1);
  schedule.setRate(2, 5_000);
  expect(schedule.ratePerS).toBe(2);
  expect(schedule.take(6_500).map(({ dueMs }) => dueMs)).toEqual([5_500, 6_000]);
  // The last one that was taken was due later than this.
  schedule.setRate(1, 5_800);
  expect(schedule.take(Infinity).map(({ dueMs }) => dueMs)).toEqual([7_000, 8_000]);
});

test("a rate that is set in a pause counts from its end on", () => {
  const schedule = new StartSchedule(devicesAt([1_000, 2_000]));
  schedule.pause(500);
  schedule.setRate(10, 4_000);
  schedule.resume(9_500);
  expect(schedule.take(Infinity).map(({ dueMs }) => dueMs)).toEqual([9_600, 9_700]);
});
