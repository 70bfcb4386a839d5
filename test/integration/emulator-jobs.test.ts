import { afterAll, beforeAll, expect, test } from "vitest";
import type { JobWorld } from "./emulator-jobs.ts";
import { METHOD, TAGS, endedJob, jobWhen, jobWorld } from "./emulator-jobs.ts";
import { enrollGroup } from "./emulator-service-clients.ts";
import type { WireClient } from "./emulator-wire.ts";
import { openHub, publishPacket, register, subscribePacket } from "./emulator-wire.ts";

const DAY_MS = 86_400_000;
let shared: JobWorld;
beforeAll(async () => {
  shared = await jobWorld();
  await enrollGroup(shared.world);
});
afterAll(() => shared[Symbol.asyncDispose]());

/** A connected device that listens for method calls and answers none. */
async function silentDevice(id: string): Promise<WireClient> {
  const { world } = shared;
  const keys = await world.pki.leaf(id);
  await register(world, id, keys);
  const client = await openHub(world, id, keys);
  client.send(subscribePacket("$iothub/methods/POST/#", 0, 3));
  await client.next();
  return client;
}

async function identities(at: JobWorld, count: number): Promise<void> {
  const x509Thumbprint = { primaryThumbprint: "AB".repeat(20) };
  for (let n = 0; n < count; n++) {
    const device = { deviceId: `d-${n}`, authentication: { type: "selfSigned", x509Thumbprint } };
    expect(await at.call("PUT", `/devices/d-${n}`, device)).toMatchObject({ status: 200 });
  }
}

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

test("a device counts once, at every moment, however its job goes", async () => {
  await using at = await jobWorld({ jobDeviceRatePerS: 100 });
  await identities(at, 110);
  await at.call("PUT", "/jobs/v2/all", {
    ...TAGS,
    updateTwin: { tags: { n: 1 } },
    queryCondition: "",
  });
  expect(await endedJob(at, "all")).toMatchObject({
    status: "completed",
    deviceJobStatistics: { deviceCount: 110, succeededCount: 110 },
  });
});

test("a job that has no device completes", async () => {
  await shared.call("PUT", "/jobs/v2/none", { ...TAGS, queryCondition: "deviceId = 'nobody'" });
  expect(await endedJob(shared, "none")).toMatchObject({
    status: "completed",
    deviceJobStatistics: { deviceCount: 0 },
  });
});

test("when a job's time is over, it has failed, and so has what waits and what has not begun", async () => {
  await using one = await silentDevice("late-1");
  await using two = await silentDevice("late-2");
  await using three = await silentDevice("late-3");
  const created = await shared.call("PUT", "/jobs/v2/late", {
    ...METHOD,
    queryCondition: "startswith(deviceId, 'late-')",
    maxExecutionTimeInSeconds: 1,
  });
  expect(created.body).toMatchObject({ status: "queued", maxExecutionTimeInSeconds: 1 });
  expect((await one.nextPublish()).topic).toMatch(/^\$iothub\/methods\/POST\/do\//);
  expect((await two.nextPublish()).topic).toMatch(/^\$iothub\/methods\/POST\/do\//);
  expect(await endedJob(shared, "late")).toMatchObject({
    status: "failed",
    failureReason: "The maximum execution time has passed.",
    deviceJobStatistics: { deviceCount: 3, failedCount: 3 },
  });
  // Two are waited for at a time here: the third was never called.
  expect(three.received.filter(({ cmd }) => cmd === "publish")).toEqual([]);
});

test("no more jobs are active than the quota says; those for later do not count", async () => {
  await using device = await silentDevice("busy");
  const job = { ...METHOD, queryCondition: "deviceId = 'busy'" };
  for (const id of ["busy-a", "busy-b"])
    expect(await shared.call("PUT", `/jobs/v2/${id}`, job)).toMatchObject({ status: 200 });
  expect(await shared.call("PUT", "/jobs/v2/busy-c", job)).toMatchObject({
    status: 429,
    body: { Message: expect.stringMatching(/^ErrorCode:ThrottlingMaxActiveJobCountExceeded;/) },
  });
  const later = { ...TAGS, startTime: inMs(DAY_MS) };
  expect(await shared.call("PUT", "/jobs/v2/busy-d", later)).toMatchObject({ status: 200 });
  await device.nextPublish();
  await device.nextPublish();
  for (const id of ["busy-a", "busy-b", "busy-d"])
    expect(await shared.call("POST", `/jobs/v2/${id}/cancel`)).toMatchObject({
      status: 200,
      body: { status: "cancelled" },
    });
  expect(await shared.call("PUT", "/jobs/v2/busy-c", job)).toMatchObject({ status: 200 });
  await shared.call("POST", "/jobs/v2/busy-c/cancel");
});

test("a job that becomes due while others are active runs after one of them", async () => {
  await using device = await silentDevice("turn");
  const job = { ...METHOD, queryCondition: "deviceId = 'turn'" };
  for (const id of ["turn-a", "turn-b"]) await shared.call("PUT", `/jobs/v2/${id}`, job);
  const [, rid] = /\$rid=(.+)$/.exec((await device.nextPublish()).topic) ?? [];
  const due = { ...TAGS, queryCondition: "deviceId = 'turn'", startTime: inMs(300) };
  await shared.call("PUT", "/jobs/v2/turn-c", due);
  await jobWhen(shared, "turn-c", (status) => status === "scheduled");
  await jobWhen(shared, "turn-c", (status) => status === "queued");
  device.send(publishPacket(`$iothub/methods/res/200/?$rid=${rid}`, "{}", { qos: 0 }));
  expect(await endedJob(shared, "turn-c")).toMatchObject({ status: "completed" });
  for (const id of ["turn-a", "turn-b"]) await shared.call("POST", `/jobs/v2/${id}/cancel`);
});

test("a cancelled job leaves what it has not begun pending", async () => {
  await using at = await jobWorld({ jobDeviceRatePerS: 1 });
  await identities(at, 3);
  await at.call("PUT", "/jobs/v2/slow", TAGS);
  await jobWhen(at, "slow", (status) => status === "running");
  const { body } = await at.call("POST", "/jobs/v2/slow/cancel");
  expect(body).toMatchObject({ status: "cancelled", deviceJobStatistics: { pendingCount: 2 } });
});

test("a job that has ended is there for 30 days, and stays as it is when it is cancelled", async () => {
  await using at = await jobWorld();
  await at.call("PUT", "/jobs/v2/old", TAGS);
  await endedJob(at, "old");
  at.skip(30 * DAY_MS - 60_000);
  expect(await at.call("POST", "/jobs/v2/old/cancel")).toMatchObject({
    status: 200,
    body: { status: "completed" },
  });
  at.skip(120_000);
  expect(await at.call("GET", "/jobs/v2/old")).toMatchObject({
    status: 404,
    body: { Message: "ErrorCode:JobNotFound;Job old not found." },
  });
  expect(await at.call("PUT", "/jobs/v2/old", TAGS)).toMatchObject({ status: 200 });
});

test("more jobs than are kept are refused", async () => {
  await using at = await jobWorld({ jobsMaxCount: 1 });
  const later = { ...TAGS, startTime: inMs(DAY_MS) };
  expect(await at.call("PUT", "/jobs/v2/a", later)).toMatchObject({ status: 200 });
  expect(await at.call("PUT", "/jobs/v2/b", later)).toMatchObject({
    status: 403,
    body: { Message: expect.stringMatching(/^ErrorCode:JobQuotaExceeded;/) },
  });
});

test("an emulator whose jobs wait for their time, for a device and for their pace stops, twice", async () => {
  const at = await jobWorld({ jobDeviceRatePerS: 0.01 });
  await identities(at, 2);
  const cloudToDeviceMethod = { methodName: "do", connectTimeoutInSeconds: 300 };
  await at.call("PUT", "/jobs/v2/later", { ...TAGS, startTime: inMs(60 * DAY_MS) });
  await at.call("PUT", "/jobs/v2/calls", { ...METHOD, cloudToDeviceMethod });
  const waits = await jobWhen(at, "calls", (status) => status === "running");
  expect(waits.deviceJobStatistics?.succeededCount).toBe(0);
  await at[Symbol.asyncDispose]();
  await at.world.emulator.stop();
});
