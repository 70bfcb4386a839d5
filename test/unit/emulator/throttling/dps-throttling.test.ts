import { expect, test } from "vitest";
import type { EmulatorLimits } from "../../../../src/emulator/defaults.ts";
import type { DpsThrottleSetting } from "../../../../src/emulator/throttling/dps-throttling.ts";
import { DpsThrottling } from "../../../../src/emulator/throttling/dps-throttling.ts";
import { aroundAt, asked, burstOf, fateOf, kindsOf, START_MS } from "./throttling-world.ts";

function dpsOf(setting: Partial<DpsThrottleSetting>, limits: Partial<EmulatorLimits> = {}) {
  const time = { nowMs: START_MS };
  const dps = new DpsThrottling(aroundAt(time, limits), {
    hasTier: false,
    registrationsPerMinute: undefined,
    ...setting,
  });
  return { time, dps };
}

test("without a tier and a limit nothing is refused", () => {
  const { dps } = dpsOf({});
  for (const kind of kindsOf("dps"))
    expect([kind, burstOf(dps, asked(kind), 2000)]).toEqual([kind, 2000]);
});

test("with a tier it takes 1,000 registrations in any minute, look-ups among them", () => {
  const { dps, time } = dpsOf({ hasTier: true });
  expect(burstOf(dps, asked("registerDevice"), 600)).toBe(600);
  time.nowMs += 20_000;
  expect(burstOf(dps, asked("lookUpRegistration"), 600)).toBe(400);
  const refusal = { status: 429, code: 429_001, retryAfterS: 40 };
  expect(fateOf(dps, asked("registerDevice"))).toMatchObject(refusal);
  expect(dps.state).toMatchObject({
    registrationsPerMinute: 1000,
    registrations: 1000,
    refused: 2,
  });
  time.nowMs += 40_000;
  expect(burstOf(dps, asked("registerDevice"), 1000)).toBe(600);
});

test("a limit of registrations holds without a tier, and alone", () => {
  const { dps } = dpsOf({ registrationsPerMinute: 3 });
  expect(burstOf(dps, asked("registerDevice"), 10)).toBe(3);
  expect(burstOf(dps, asked("pollRegistration"), 10)).toBe(10);
  dps.set({ hasTier: true, registrationsPerMinute: null });
  expect(burstOf(dps, asked("registerDevice"), 2000)).toBe(2000);
  expect(dps.state.registrationsPerMinute).toBeNull();
});

test("the minute that it counts in can be made shorter", () => {
  const { dps, time } = dpsOf(
    { registrationsPerMinute: 3 },
    { dpsWindowMs: 2_000, retryAfterS: 0 },
  );
  expect(burstOf(dps, asked("registerDevice"), 10)).toBe(3);
  expect(fateOf(dps, asked("registerDevice"))).toMatchObject({ status: 429, retryAfterS: 2 });
  time.nowMs += 2_000;
  expect(burstOf(dps, asked("registerDevice"), 10)).toBe(3);
  expect(dps.state.windowS).toBe(2);
});

test("a device is told to wait as long as DPS tells it else, where there is room earlier", () => {
  const { dps, time } = dpsOf({ registrationsPerMinute: 1 }, { retryAfterS: 7 });
  dps.admit(asked("registerDevice"));
  time.nowMs += 58_500;
  expect(fateOf(dps, asked("registerDevice"))).toMatchObject({ retryAfterS: 7 });
});

test("a device may poll five times in ten seconds, services call 1,000 times in a minute", () => {
  const { dps, time } = dpsOf({ hasTier: true });
  expect(burstOf(dps, asked("pollRegistration"), 10)).toBe(5);
  expect(fateOf(dps, asked("pollRegistration", { deviceId: "cave-2" }))).toBe("begins");
  time.nowMs += 10_000;
  expect(fateOf(dps, asked("pollRegistration"))).toBe("begins");
  const calls = kindsOf("dps").filter((kind) => /Enrollment|(?:read|delete|query)Reg/.test(kind));
  expect(calls).toHaveLength(7);
  for (const kind of calls) expect(burstOf(dps, asked(kind), 142)).toBe(142);
  expect(burstOf(dps, asked("readEnrollment"), 10)).toBe(1000 - 7 * 142);
  for (const kind of calls) expect(fateOf(dps, asked(kind))).toMatchObject({ status: 429 });
});
