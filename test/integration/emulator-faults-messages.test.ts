import { once } from "node:events";
import { get } from "node:https";
import type { Twin } from "azure-iot-device";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { report } from "../conformance/support/hub-device.ts";
import type { FaultWorld } from "./emulator-fault-world.ts";
import { faultWorld, message } from "./emulator-fault-world.ts";
import { connectedDevice, readAllEvents } from "./emulator-events.ts";
import { emulatorForTest, publishPacket } from "./emulator-wire.ts";

const DEVICES = ["late-1", "lost-1", "quiet-1", "twice-1", "method-1"];

let world: FaultWorld;
beforeAll(async () => {
  world = await faultWorld(DEVICES, { methodResponseTimeoutMinS: 0 });
});
afterEach(() => void world.emulator.faults.clear());
afterAll(() => world[Symbol.asyncDispose]());

/** The bodies that the hub has of a device, in their order. */
async function ingested(deviceId: string): Promise<unknown[]> {
  const { eventsUrl, caPem, adminToken } = world.emulator;
  const asking = get(`${eventsUrl}?from=earliest&device=${deviceId}`, {
    ca: caPem,
    headers: { authorization: `Bearer ${adminToken}` },
  });
  const [answer] = await once(asking, "response");
  const lines: string[] = (await answer.setEncoding("utf8").toArray()).join("").trim().split("\n");
  return lines.map((line) => JSON.parse(line).body);
}

/** Whether a promise has settled by now. */
function watched(promise: Promise<unknown>): { settled: boolean } {
  const state = { settled: false };
  void promise.finally(() => (state.settled = true));
  return state;
}

test("pubackLate: a message is there before it is acknowledged, and what is behind it waits", async () => {
  const { faults } = world.emulator;
  const scope = { devices: ["late-1"] };
  const { id } = faults.inject({
    kind: "pubackLate",
    parameters: { ms: 600_000 },
    scope,
    times: 9,
  });
  const client = await world.client("late-1");
  await client.open();
  const sending = client.sendEvent(message("1"));
  const first = watched(sending);
  await expect.poll(() => faults.list()[0]?.struck, { timeout: 10_000 }).toBe(1);
  expect(await ingested("late-1")).toEqual(["1"]);
  expect(first.settled).toBe(false);
  faults.remove(id);
  await sending;
  faults.inject({ kind: "pubackLate", parameters: { ms: 30, jitterMs: 10 }, scope });
  await Promise.all(["2", "3"].map((text) => client.sendEvent(message(text))));
  expect(await ingested("late-1")).toEqual(["1", "2", "3"]);
});

test("pubackLate: what is held up when the emulator stops is acknowledged first", async () => {
  await using own = await faultWorld(["late-1"]);
  const { faults } = own.emulator;
  faults.inject({ kind: "pubackLate", parameters: { ms: 600_000 } });
  const client = await own.client("late-1");
  await client.open();
  const sending = client.sendEvent(message("1"));
  await expect.poll(() => faults.list()[0]?.struck, { timeout: 10_000 }).toBe(1);
  await own.emulator.stop();
  await expect(sending).resolves.toBeDefined();
});

test.for(["latency", "pubackLate"] as const)(
  "%s: what came at once is stored and acknowledged in its order, though the fault has ended by its count",
  async (kind) => {
    await using own = await emulatorForTest({});
    await using device = await connectedDevice(own, "cave-1");
    own.emulator.faults.inject({ kind, parameters: { ms: 50 }, times: 1 });
    const ids = [1, 2, 3];
    const topic = "devices/cave-1/messages/events/";
    // One write, so that the hub reads all of them before it has answered any.
    device.send(...ids.map((messageId) => publishPacket(topic, `${messageId}`, { messageId })));
    const acknowledged: unknown[] = [];
    for (const _ of ids) acknowledged.push((await device.next()).messageId);
    expect(acknowledged).toEqual(ids);
    expect((await readAllEvents(own)).map(({ body }) => body)).toEqual(["1", "2", "3"]);
  },
);

test("pubackLost: sendEvent does not settle, others do; after a reconnect the hub has it twice", async () => {
  const { faults } = world.emulator;
  faults.inject({ kind: "pubackLost", scope: { devices: ["lost-*"] }, times: 1 });
  const client = await world.client("lost-1", { retries: true });
  await client.open();
  const sending = client.sendEvent(message("1"));
  const first = watched(sending);
  await client.sendEvent(message("2"));
  expect(first.settled).toBe(false);
  expect(await ingested("lost-1")).toEqual(["1", "2"]);
  faults.remove(faults.inject({ kind: "hubGone" }).id);
  await sending;
  expect(await ingested("lost-1")).toEqual(["1", "2", "1"]);
});

/** A device's twin, and the desired versions that it is told from now on. */
async function listening(deviceId: string): Promise<{ twin: Twin; versions: number[] }> {
  const client = await world.client(deviceId);
  await client.open();
  const twin = await client.getTwin();
  const versions: number[] = [];
  twin.on("properties.desired", (patch: { $version: number }) => versions.push(patch.$version));
  // The answer tells that the subscription before it has arrived.
  await report(twin, { ready: true });
  return { twin, versions };
}

const change = (deviceId: string, temperature: number) =>
  world.registry.updateTwin(deviceId, { properties: { desired: { temperature } } }, "*");

test("desiredLost: a device is not told of a change, and has it when it reads its twin", async () => {
  const { twin, versions } = await listening("quiet-1");
  world.emulator.faults.inject({ kind: "desiredLost", scope: { devices: ["quiet-1"] }, times: 1 });
  await change("quiet-1", 1);
  await change("quiet-1", 2);
  await report(twin, { ready: false });
  expect(versions).toEqual([1, 3]);
  expect(world.emulator.faults.list()).toEqual([]);
});

test("desiredTwice: a device is told of a change twice, with the same version", async () => {
  const { twin, versions } = await listening("twice-1");
  world.emulator.faults.inject({ kind: "desiredTwice", times: 1 });
  await change("twice-1", 1);
  await change("twice-1", 2);
  await report(twin, { ready: false });
  expect(versions).toEqual([1, 2, 2, 3]);
});

test("methodLost: the caller gets GatewayTimeoutError, the device is not called", async () => {
  world.emulator.faults.inject({ kind: "methodLost", scope: { devices: ["method-1"] }, times: 1 });
  const client = await world.client("method-1");
  await client.open();
  const called: unknown[] = [];
  client.onDeviceMethod("open", (request, response) => {
    called.push(request.payload);
    void response.send(200, "opened");
  });
  const call = (payload: number, responseTimeoutInSeconds: number) =>
    world.methods.invokeDeviceMethod("method-1", {
      methodName: "open",
      payload,
      connectTimeoutInSeconds: 20,
      responseTimeoutInSeconds,
    });
  await expect(call(1, 0.1)).rejects.toMatchObject({ name: "GatewayTimeoutError" });
  expect((await call(2, 20)).result).toMatchObject({ status: 200, payload: "opened" });
  expect(called).toEqual([2]);
});
