import iotDevice from "azure-iot-device";
import iotCommon from "azure-iot-common";
import iothub from "azure-iothub";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EmbeddedEmulatorOptions } from "../../src/embed/emulator.ts";
import { faultWorld } from "./emulator-fault-world.ts";
import { redirect } from "./emulator-service-clients.ts";
import { HUB_RESOURCE, manage } from "./emulator-management.ts";
import type { TestEmulator } from "./emulator-wire.ts";
import { HUB, emulatorForTest } from "./emulator-wire.ts";

const { Message } = iotDevice;

async function worldOf(options: EmbeddedEmulatorOptions) {
  const world = await faultWorld(["cave-1"], options);
  world.methods.setRetryPolicy(new iotCommon.NoRetry());
  const jobs = iothub.JobClient.fromConnectionString(world.emulator.hubConnectionStrings[0] ?? "");
  redirect(jobs, world.emulator.agent);
  return { ...world, jobs };
}

test("a device of a basic hub registers, connects and sends; there are no twins, methods and jobs", async () => {
  await using world = await worldOf({ tier: "B1" });
  const { registry, methods, jobs } = world;
  await world.register("cave-1");
  const client = await world.client("cave-1");
  await client.open();
  await client.sendEvent(new Message("one"));
  await expect(client.getTwin()).rejects.toThrow("The tier B1 does not have this operation.");
  const refusal = {
    response: { statusCode: 400, headers: { "iothub-errorcode": "InvalidOperation" } },
  };
  const method = { methodName: "tend", payload: null };
  for (const call of [
    () => registry.getTwin("cave-1"),
    () => registry.updateTwin("cave-1", { tags: { n: 1 } }, "*"),
    () => methods.invokeDeviceMethod("cave-1", method),
    () => jobs.scheduleTwinUpdate("job", "*", { tags: { n: 1 } }, new Date(), 60),
  ])
    await expect(call()).rejects.toMatchObject(refusal);
  expect((await registry.get("cave-1")).responseBody.connectionState).toBe("Connected");
  await client.close();
});

test("a tier says how many jobs are active at a time: one on S1, five on S2", async () => {
  await using world = await worldOf({ tier: "S2", jobDeviceRatePerS: 0.001 });
  const schedule = (name: string): Promise<unknown> =>
    world.jobs.scheduleTwinUpdate(name, "*", { tags: { n: 1 } }, new Date(0), 3600);
  await world.registry.create({ deviceId: "cave-2" });
  for (let at = 0; at < 5; at++) await schedule(`job-${at}`);
  const refusal = {
    response: { headers: { "iothub-errorcode": "ThrottlingMaxActiveJobCountExceeded" } },
  };
  await expect(schedule("job-6")).rejects.toMatchObject(refusal);
  for (let at = 0; at < 5; at++) await world.jobs.cancelJob(`job-${at}`);
  world.emulator.throttling.set({ tier: "S1" });
  await schedule("job-7");
  await expect(schedule("job-8")).rejects.toMatchObject(refusal);
});

test("a free hub has room for 500 devices", async () => {
  await using world = await worldOf({ tier: "F1", tierLimits: { registryOperationsPerS: 1e9 } });
  // One is there from the start.
  for (let hundred = 0; hundred < 5; hundred++) {
    const devices = Array.from({ length: hundred === 4 ? 99 : 100 }, (_, at) => ({
      deviceId: `many-${hundred * 100 + at}`,
    }));
    await world.registry.addDevices(devices);
  }
  await expect(world.registry.create({ deviceId: "one-too-many" })).rejects.toMatchObject({
    response: { headers: { "iothub-errorcode": "TooManyDevices" } },
  });
  world.emulator.throttling.set({ tier: "S1" });
  await world.registry.create({ deviceId: "one-more" });
});

test("a free hub has room for one endpoint and five routes of its own, and is shown as what it is", async () => {
  await using world = await emulatorForTest({ tier: "F1" });
  const put = (eventHubs: number, routes: number) =>
    manage(world, "PUT", HUB_RESOURCE, {
      body: {
        properties: {
          routing: {
            endpoints: {
              eventHubs: Array.from({ length: eventHubs }, (_, at) => ({
                name: `endpoint-${at}`,
                connectionString: "",
              })),
            },
            routes: Array.from({ length: routes }, (_, at) => ({
              name: `route-${at}`,
              source: "DeviceMessages",
              condition: "true",
              endpointNames: ["events"],
              isEnabled: true,
            })),
          },
        },
      },
    });
  expect(await put(1, 5)).toMatchObject({
    status: 200,
    body: { sku: { name: "F1", tier: "Free", capacity: 1 } },
  });
  expect(await put(2, 6)).toMatchObject({
    status: 400,
    body: {
      error: { message: expect.stringMatching(/endpoints: more than 1; .*routes: more than 5/) },
    },
  });
  world.emulator.throttling.set({ tier: "B2", units: 3 });
  expect(await put(2, 6)).toMatchObject({
    status: 200,
    body: { sku: { name: "B2", tier: "Basic", capacity: 3 } },
  });
});

const PATH = "/emulator/throttling";

test("what holds is told, changed for one hub or all, and of DPS, while all runs", async () => {
  const other = "other-hub.azure-devices.net";
  await using world = await emulatorForTest({ hubs: [HUB, other] });
  const { throttling } = world.emulator;
  expect(await manage(world, "GET", PATH)).toEqual({ status: 200, body: throttling.state() });
  const s1 = { tier: "S1", units: 1, messages: { perDay: 400_000, used: 0 } };
  expect(await manage(world, "PATCH", PATH, { body: { tier: "S1" } })).toMatchObject({
    status: 200,
    body: {
      hubs: { [HUB]: s1, [other]: s1 },
      dps: { registrationsPerMinute: 1000, serviceOperationsPerMinute: 1000, pollsPer10S: 5 },
    },
  });
  const one = { tier: "S3", units: 2, hub: other.toUpperCase(), dpsRegistrationsPerMinute: 500 };
  expect(await manage(world, "PATCH", PATH, { body: one })).toMatchObject({
    status: 200,
    body: {
      hubs: {
        [HUB]: s1,
        [other]: { tier: "S3", units: 2, throttles: { connectionsPerS: { perS: 12_000 } } },
      },
      dps: { registrationsPerMinute: 500 },
    },
  });
  expect(throttling.set({ dpsRegistrationsPerMinute: null })).toMatchObject({
    hubs: { [HUB]: s1, [other]: { tier: "S3" } },
    dps: { registrationsPerMinute: null, pollsPer10S: 5 },
  });
  expect(throttling.set({ tier: "none" })).toMatchObject({
    hubs: { [HUB]: { tier: "none", messages: { perDay: null } } },
    dps: { registrationsPerMinute: null, serviceOperationsPerMinute: null, pollsPer10S: null },
  });
});

let shared: TestEmulator;
beforeAll(async () => {
  shared = await emulatorForTest({ tier: "S2" });
});
afterAll(() => shared.emulator.stop());

test.for<[body: unknown, told: string]>([
  [{ tier: "S4" }, "tier: expected one of none, F1"],
  [{ tier: "F1", units: 2 }, "units: expected 1 unit of F1, got 2"],
  [{ units: 2 }, "units: expected a tier such as S1 with units"],
  [{ tierLimits: { telemetryPerS: 1 } }, "tierLimits: expected a tier"],
  [{ tier: "S1", tierLimits: { telemetryPerS: 0 } }, "tierLimits.telemetryPerS: expected a number"],
  [{ dpsRegistrationsPerMinute: 0 }, "dpsRegistrationsPerMinute: expected a whole number from 1"],
  [{ level: "S1" }, "level"],
  [[], "body: "],
])("a change that is wrong is refused and changes nothing: %j", async ([body, told]) => {
  const before = shared.emulator.throttling.state();
  expect(await manage(shared, "PATCH", PATH, { body })).toMatchObject({
    status: 400,
    body: { message: expect.stringContaining(told) },
  });
  // oxlint-disable-next-line no-unsafe-type-assertion -- what a program without types may give
  const wrong = body as Parameters<typeof shared.emulator.throttling.set>[0];
  expect(() => shared.emulator.throttling.set(wrong)).toThrow(
    expect.objectContaining({ name: "FleetError", code: "USAGE" }),
  );
  expect(shared.emulator.throttling.state()).toEqual(before);
});

test("a change of a hub that is not there is 404, and without the admin token 401", async () => {
  await using world = await emulatorForTest();
  const body = { tier: "S1", hub: "nowhere.azure-devices.net" };
  expect(await manage(world, "PATCH", PATH, { body })).toMatchObject({ status: 404 });
  expect(() => world.emulator.throttling.set({ ...body, tier: "S1" })).toThrow(/There is no hub/);
  for (const method of ["GET", "PATCH"])
    expect(await manage(world, method, PATH, { token: null })).toMatchObject({ status: 401 });
});
