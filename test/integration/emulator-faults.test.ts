import iothub from "azure-iothub";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { report } from "../conformance/support/hub-device.ts";
import type { FaultWorld } from "./emulator-fault-world.ts";
import { faultWorld, message } from "./emulator-fault-world.ts";
import { redirect } from "./emulator-service-clients.ts";
import { HUB } from "./emulator-wire.ts";

let world: FaultWorld;
beforeAll(async () => {
  world = await faultWorld(["cave-1", "barn-1"]);
});
afterEach(() => void world.emulator.faults.clear());
afterAll(() => world[Symbol.asyncDispose]());

test("throttled: service calls fail with ThrottlingError, and work again after so many", async () => {
  world.emulator.faults.inject({
    kind: "throttled",
    scope: { service: HUB, operations: ["readTwin"] },
    times: 2,
  });
  for (let n = 0; n < 2; n++)
    await expect(world.registry.getTwin("cave-1")).rejects.toMatchObject({
      name: "ThrottlingError",
      response: { statusCode: 429, headers: { "retry-after": "10" } },
    });
  expect((await world.registry.getTwin("cave-1")).responseBody).toMatchObject({
    deviceId: "cave-1",
  });
  expect(world.emulator.faults.list()).toEqual([]);
});

test("throttled: a registration is repeated after retry-after, and ends well", async () => {
  world.emulator.faults.inject({
    kind: "throttled",
    parameters: { retryAfterS: 0 },
    scope: { service: "dps", operations: ["registerDevice", "pollRegistration"] },
    times: 2,
  });
  expect(await world.register("cave-1")).toMatchObject({ status: "assigned", assignedHub: HUB });
  expect(world.emulator.faults.list()).toEqual([]);
});

test("throttled: a twin call fails, a device that is not named does not notice", async () => {
  world.emulator.faults.inject({
    kind: "throttled",
    scope: { devices: ["cave-*"], operations: ["updateReported"] },
  });
  const reporting = async (id: string): Promise<void> => {
    const client = await world.client(id);
    await client.open();
    await report(await client.getTwin(), { fan: "on" });
  };
  await expect(reporting("cave-1")).rejects.toThrow(/Fault \d+ was put on: throttled/);
  await reporting("barn-1");
  expect(world.emulator.faults.list()).toMatchObject([{ struck: 1, state: "active" }]);
});

test("throttled: where devices are named, ids of jobs and of enrollment groups are none of them", async () => {
  world.emulator.faults.inject({ kind: "throttled", scope: { devices: ["*"] } });
  const unknown = { response: { statusCode: 404 } };
  const jobs = iothub.JobClient.fromConnectionString(world.emulator.hubConnectionStrings[0] ?? "");
  redirect(jobs, world.emulator.agent);
  await expect(jobs.getJob("a-job")).rejects.toMatchObject(unknown);
  await expect(world.dps.getEnrollmentGroup("caves")).rejects.toMatchObject(unknown);
  await expect(world.registry.get("cave-1")).rejects.toMatchObject({ name: "ThrottlingError" });
  const enrolled = world.dps.getIndividualEnrollment("cave-1");
  await expect(enrolled).rejects.toMatchObject({ name: "ThrottlingError" });
});

test.for([
  [500, "InternalServerError"],
  [503, "ServiceUnavailableError"],
] as const)("serverError: a service call fails with %i, %s", async ([status, name]) => {
  world.emulator.faults.inject({ kind: "serverError", parameters: { status }, times: 2 });
  await expect(world.registry.list()).rejects.toMatchObject({ name });
  await expect(world.dps.getEnrollmentGroup("caves")).rejects.toMatchObject({ name });
});

test("serverError: a new device is let in at another attempt, which it makes by itself", async () => {
  world.emulator.faults.inject({ kind: "serverError", scope: { devices: ["cave-1"] }, times: 2 });
  const client = await world.client("cave-1", { retries: true });
  await client.open();
  expect(world.emulator.faults.list()).toEqual([]);
});

test("authError: a device and a registration are refused with UnauthorizedError", async () => {
  world.emulator.faults.inject({
    kind: "authError",
    scope: { operations: ["connectDevice", "registerDevice"] },
  });
  const client = await world.client("cave-1", { retries: true });
  await expect(client.open()).rejects.toMatchObject({ name: "UnauthorizedError" });
  await expect(world.register("cave-1")).rejects.toMatchObject({
    name: "UnauthorizedError",
    result: { errorCode: 401_000 },
  });
  world.emulator.faults.clear();
  world.emulator.faults.inject({ kind: "authError", scope: { service: HUB } });
  await expect(world.registry.list()).rejects.toMatchObject({ name: "UnauthorizedError" });
});

test("quotaExceeded: telemetry ends the connection, the device may come back, services see 403002", async () => {
  world.emulator.faults.inject({ kind: "quotaExceeded" });
  const client = await world.client("cave-1");
  await client.open();
  const sending = client.sendEvent(message("1"));
  await expect(sending).rejects.toMatchObject({ name: "NotConnectedError" });
  await client.open();
  await expect(world.registry.getTwin("cave-1")).rejects.toMatchObject({
    response: { statusCode: 403, headers: { "iothub-errorcode": "IotHubQuotaExceeded" } },
  });
  expect((await world.registry.get("cave-1")).responseBody).toMatchObject({ deviceId: "cave-1" });
});

test("latency: a twin is read late, and at once where the fault is removed", async () => {
  const { faults } = world.emulator;
  faults.inject({ kind: "latency", parameters: { ms: 20, jitterMs: 10 }, times: 1 });
  await world.registry.getTwin("cave-1");
  const { id } = faults.inject({ kind: "latency", parameters: { ms: 600_000 } });
  const reading = world.registry.getTwin("cave-1");
  let isRead = false;
  void reading.then(() => (isRead = true));
  await expect.poll(() => faults.list()[0]?.struck, { timeout: 10_000 }).toBe(1);
  expect(isRead).toBe(false);
  faults.remove(id);
  expect((await reading).responseBody).toMatchObject({ deviceId: "cave-1" });
});

test("latency: what is held up when the emulator stops gets its answer first", async () => {
  await using own = await faultWorld(["cave-1"]);
  const { faults } = own.emulator;
  faults.inject({ kind: "latency", parameters: { ms: 600_000 } });
  const reading = own.registry.getTwin("cave-1");
  await expect.poll(() => faults.list()[0]?.struck, { timeout: 10_000 }).toBe(1);
  await own.emulator.stop();
  expect((await reading).responseBody).toMatchObject({ deviceId: "cave-1" });
});
