import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { hubLimits } from "../../../../src/base/hub-tiers.ts";
import type { EmulatorLimits } from "../../../../src/emulator/defaults.ts";
import { ServiceFault } from "../../../../src/emulator/fault.ts";
import type { OperationKind } from "../../../../src/base/service-operations.ts";
import type { HubTierSetting } from "../../../../src/emulator/throttling/hub-throttling.ts";
import { HubThrottling } from "../../../../src/emulator/throttling/hub-throttling.ts";
import { aroundAt, asked, burstOf, fateOf, kindsOf, START_MS } from "./throttling-world.ts";

// What waits has a timer, and here nobody waits for it.
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function hubOf(setting: Partial<HubTierSetting>, given: Partial<EmulatorLimits> = {}) {
  const time = { nowMs: START_MS };
  const hub = new HubThrottling(
    aroundAt(time, given),
    { tier: "none", units: 1, ...setting },
    { place: "hubs/h", given },
  );
  return { time, hub };
}

test("without a tier nothing waits, nothing is refused, and messages are counted", () => {
  const { hub } = hubOf({});
  for (const kind of kindsOf("hub"))
    expect([kind, burstOf(hub, asked(kind, { count: 1000 }), 1000)]).toEqual([kind, 1000]);
  hub.ended(asked("sendTelemetry", { bytes: 5000 }), { fault: undefined, answerBytes: 0 });
  expect(hub.state).toMatchObject({
    tier: "none",
    messages: { perDay: null, used: 2, blockBytes: 4096 },
    throttles: { telemetryPerS: { perS: null, waiting: 0 } },
  });
});

/** Every operation that has a throttle, with its rate for one second's burst. */
const RATES: readonly [OperationKind, perS: keyof ReturnType<typeof hubLimits>][] = [
  ["connectDevice", "connectionsPerS"],
  ["sendTelemetry", "telemetryPerS"],
  ["readOwnTwin", "twinReadsPerS"],
  ["readTwin", "twinReadsPerS"],
  ["updateReported", "twinUpdatesPerS"],
  ["updateTwin", "twinUpdatesPerS"],
  ["sendCommand", "commandsPerS"],
  ["readIdentity", "registryOperationsPerS"],
  ["writeIdentity", "registryOperationsPerS"],
  ["queryTwins", "queriesPerS"],
  ["createJob", "jobOperationsPerS"],
  ["readJob", "jobOperationsPerS"],
  ["listJobs", "jobOperationsPerS"],
  ["cancelJob", "jobOperationsPerS"],
];

test.each(RATES)("%s counts for %s of the tier and its units", (kind, rate) => {
  for (const [tier, units] of [
    ["F1", 1],
    ["S1", 30],
    ["S2", 3],
  ] as const) {
    const { hub } = hubOf({ tier, units }, { throttleBurstS: 6 });
    const perS = hubLimits(tier, units)[rate];
    expect(burstOf(hub, asked(kind), 100_000)).toBe(Math.max(1, Math.floor(perS * 6 + 1e-9)));
    expect(fateOf(hub, asked(kind))).toBe("waits");
  }
});

test("reads of twins share a throttle, updates and all else have their own", () => {
  const { hub } = hubOf({ tier: "S1" }, { throttleBurstS: 1 });
  expect(burstOf(hub, asked("readTwin"), 1000)).toBe(100);
  expect(fateOf(hub, asked("readOwnTwin"))).toBe("waits");
  expect(fateOf(hub, asked("updateTwin"))).toBe("begins");
  expect(fateOf(hub, asked("purgeCommands"))).toBe("begins");
});

test("direct methods count in blocks of 4 KB: 40 small calls in a second on a unit of S1", () => {
  const { hub } = hubOf({ tier: "S1", units: 2 }, { throttleBurstS: 1 });
  expect(burstOf(hub, asked("invokeMethod", { bytes: 0 }), 1000)).toBe(80);
  const { hub: other } = hubOf({ tier: "S1" }, { throttleBurstS: 1 });
  expect(burstOf(other, asked("invokeMethod", { bytes: 4097 }), 1000)).toBe(20);
});

test("a call in bulk counts once for each of its devices", () => {
  const { hub } = hubOf({ tier: "S1" });
  expect(burstOf(hub, asked("writeIdentity", { count: 50 }), 10)).toBe(2);
});

test("what is above the rate waits for ten seconds' worth, then it is refused as the option says", () => {
  for (const [option, code] of [
    ["ThrottlingException", 429_001],
    ["ThrottleBacklogLimitExceeded", 429_002],
  ] as const) {
    const { hub } = hubOf({ tier: "S1" }, { throttleBurstS: 0, throttleRefusal: option });
    const send = asked("sendTelemetry");
    expect(fateOf(hub, send)).toBe("begins");
    for (let at = 0; at < 1000; at++) expect(fateOf(hub, send)).toBe("waits");
    expect(fateOf(hub, send)).toMatchObject({ status: 429, code, retryAfterS: 1 });
    expect(hub.state.throttles.telemetryPerS).toEqual({
      perS: 100,
      waiting: 1000,
      delayed: 1000,
      refused: 1,
    });
  }
});

test("a basic tier has no twins, methods, cloud-to-device messages and jobs", () => {
  const { hub } = hubOf({ tier: "B1" });
  const has = kindsOf("hub").filter((kind) => fateOf(hub, asked(kind)) === "begins");
  expect(has).toEqual([
    "connectDevice",
    "sendTelemetry",
    "readIdentity",
    "writeIdentity",
    "queryTwins",
  ]);
  expect(fateOf(hub, asked("invokeMethod"))).toMatchObject({ kind: "notInTier", status: 400 });
});

const OFFLINE = new ServiceFault("deviceNotOnline", "offline");
const REFUSED = new ServiceFault("throttled", "no");

test.each<
  [string, OperationKind, bytes: number, answerBytes: number, ServiceFault | undefined, number]
>([
  ["a message of two blocks", "sendTelemetry", 4097, 0, undefined, 2],
  ["a command", "sendCommand", 10, 80, undefined, 1],
  ["a twin of three blocks that is read", "readTwin", 0, 8193, undefined, 3],
  ["a device's own twin", "readOwnTwin", 1, 4096, undefined, 1],
  ["a patch; the answer shows the whole twin", "updateTwin", 100, 9000, undefined, 1],
  ["a reported patch of two blocks", "updateReported", 5000, 0, undefined, 2],
  ["a method: request and answer", "invokeMethod", 0, 5000, undefined, 3],
  ["a method of an offline device: the request", "invokeMethod", 5000, 0, OFFLINE, 2],
  ["a method that is refused", "invokeMethod", 5000, 0, REFUSED, 0],
  ["a result of a query of two blocks", "queryTwins", 9000, 4097, undefined, 2],
  ["a message that is refused", "sendTelemetry", 10, 0, REFUSED, 0],
  ["an identity", "writeIdentity", 5000, 5000, undefined, 0],
  ["a job", "createJob", 5000, 5000, undefined, 0],
  ["a connection", "connectDevice", 0, 0, undefined, 0],
])("the quota is charged for %s", (_what, kind, bytes, answerBytes, fault, messages) => {
  const { hub } = hubOf({ tier: "S1" });
  hub.ended(asked(kind, { bytes }), { fault, answerBytes });
  expect(hub.quota.used).toBe(messages);
});

test("a used-up quota refuses what it charges, and lets devices connect and registries be kept", () => {
  const { hub, time } = hubOf({ tier: "F1", tierLimits: { messagesPerDay: 1 } });
  hub.quota.charge(1);
  const has = kindsOf("hub").filter((kind) => fateOf(hub, asked(kind)) === "begins");
  expect(has).toEqual([
    "connectDevice",
    "purgeCommands",
    "readIdentity",
    "writeIdentity",
    "createJob",
    "readJob",
    "listJobs",
    "cancelJob",
  ]);
  expect(fateOf(hub, asked("sendTelemetry"))).toMatchObject({ code: 403_002 });
  time.nowMs = START_MS + 43_200_000;
  expect(fateOf(hub, asked("sendTelemetry"))).toBe("begins");
});

test("limits that are given stand in place of the tier's, for rates and for what the hub may hold", () => {
  const { hub } = hubOf(
    { tier: "S2", tierLimits: { queriesPerS: 2, meterBytes: 10 } },
    { throttleBurstS: 1, jobsMaxActive: 3, jobDeviceRatePerS: 7 },
  );
  expect(burstOf(hub, asked("queryTwins"), 100)).toBe(2);
  expect(hub.quota.limits.meterBytes).toBe(10);
  expect(hub.room).toMatchObject({ jobsMaxActive: 3, devicesMax: 1_000_000 });
  expect(hub.jobDevices.use.perS).toBe(7);
  hub.set({ tier: "F1", units: 1 });
  expect(hub.room).toEqual({
    jobsMaxActive: 3,
    devicesMax: 500,
    routingEndpointsMax: 1,
    routesMax: 5,
  });
  hub.set({ tier: "none", units: 1 });
  expect(hub.room).toMatchObject({ jobsMaxActive: 3, devicesMax: 1_000_000, routesMax: 100 });
});

test("jobs go by the rate of the tier; without one, and on a basic one, by the option's default", () => {
  const { hub } = hubOf({});
  expect(hub.jobDevices.use.perS).toBe(10);
  hub.set({ tier: "S3", units: 2 });
  expect(hub.jobDevices.use.perS).toBe(100);
  hub.set({ tier: "B1", units: 1 });
  expect(hub.jobDevices.use.perS).toBe(10);
});
