import fc from "fast-check";
import { expect, test } from "vitest";
import type { FaultRequest } from "../../../../src/base/fault-order.ts";
import { FaultReader } from "../../../../src/base/fault-order.ts";
import { FaultPlan } from "../../../../src/emulator/faults/fault-plan.ts";

const START_MS = Date.UTC(2026, 0, 1);
const HUB = "my-hub.azure-devices.net";
const READER = new FaultReader({ hubs: [HUB] });
const TARGET = { service: HUB, deviceId: "cave-1" };

/** A plan with a clock that is set by hand, and what began and ended in it. */
function planned() {
  const clock = { nowMs: START_MS };
  const begun: string[] = [];
  const ended: string[] = [];
  const plan = new FaultPlan({
    clock: () => clock.nowMs,
    onBegin: ({ id }) => begun.push(id),
    onEnd: ({ id }) => ended.push(id),
  });
  const add = (request: Omit<FaultRequest, "kind" | "parameters"> = {}): string => {
    const read = READER.read({ kind: "throttled", ...request });
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    return plan.add(read.order).id;
  };
  return { plan, clock, begun, ended, add };
}

const time = fc.nat({ max: 50 });
const request = fc.record(
  {
    delayMs: time,
    durationMs: fc.integer({ min: 1, max: 50 }),
    times: fc.integer({ min: 1, max: 5 }),
  },
  { requiredKeys: ["delayMs"] },
);

test("a fault strikes from its begin to its end, at most as often as it may", () => {
  fc.assert(
    fc.property(request, fc.array(time, { maxLength: 40 }), (given, pauses) => {
      const { plan, clock, add } = planned();
      add(given);
      let struck = 0;
      for (const pauseMs of pauses) {
        clock.nowMs += pauseMs;
        const sinceMs = clock.nowMs - START_MS;
        const isOn =
          sinceMs >= given.delayMs &&
          sinceMs < given.delayMs + (given.durationMs ?? Infinity) &&
          struck < (given.times ?? Infinity);
        expect(plan.strike("throttled", TARGET) !== undefined).toBe(isOn);
        if (isOn) struck += 1;
      }
    }),
  );
});

test("what begins ends once, and nothing ends that did not begin", () => {
  fc.assert(
    fc.property(fc.array(request, { maxLength: 10 }), fc.array(time), (all, pauses) => {
      const { plan, clock, begun, ended, add } = planned();
      for (const one of all) add(one);
      for (const pauseMs of pauses) {
        clock.nowMs += pauseMs;
        plan.advance();
        expect(plan.nextMs).toBeGreaterThan(clock.nowMs);
      }
      for (const { id } of plan.list()) plan.remove(id);
      expect(plan.isEmpty).toBe(true);
      expect(plan.nextMs).toBe(Infinity);
      expect(ended.toSorted()).toEqual(begun.toSorted());
      expect(new Set(ended).size).toBe(ended.length);
    }),
  );
});

test("of two faults of a kind the older one strikes, until it has ended", () => {
  const { plan, clock, add } = planned();
  const older = add({ durationMs: 10 });
  const newer = add({ times: 1 });
  expect(plan.strike("throttled", TARGET)?.id).toBe(older);
  expect(plan.actingOn(TARGET).map(({ id }) => id)).toEqual([older, newer]);
  clock.nowMs += 10;
  expect(plan.strike("throttled", TARGET)?.id).toBe(newer);
  expect(plan.strike("throttled", TARGET)).toBeUndefined();
  expect(plan.isEmpty).toBe(true);
});

test("a fault that is removed before its begin never begins", () => {
  const { plan, clock, begun, ended, add } = planned();
  plan.remove(add({ delayMs: 10 }));
  clock.nowMs += 20;
  plan.advance();
  expect([...begun, ...ended]).toEqual([]);
  expect(plan.remove("1")).toBeUndefined();
});

test("a fault whose time went by while nobody looked does not begin", () => {
  const { plan, clock, begun, add } = planned();
  add({ delayMs: 10, durationMs: 10 });
  clock.nowMs += 20;
  expect(plan.list()).toEqual([]);
  expect(begun).toEqual([]);
});
