import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import type { EmulatorOptions } from "../../src/emulator/emulator.ts";
import { connectedDevice, readAllEvents } from "./emulator-events.ts";
import { serviceClients } from "./emulator-service-clients.ts";
import type { TestEmulator } from "./emulator-wire.ts";
import {
  HUB,
  WireClient,
  connectPacket,
  emulatorForTest,
  hubUserName,
  publishPacket,
} from "./emulator-wire.ts";

/** One message at once, two in the backlog of two hours, the fourth is too many. */
const SLOW = {
  tier: "S1",
  throttleBurstS: 0,
  throttleDelayMaxS: 7200,
  tierLimits: { telemetryPerS: 1 / 3600, connectionsPerS: 1 / 3600, registryOperationsPerS: 100 },
} as const;

const send = (client: WireClient, deviceId: string, ...ids: readonly number[]): void =>
  client.send(
    ...ids.map((messageId) =>
      publishPacket(`devices/${deviceId}/messages/events/`, `message ${messageId}`, { messageId }),
    ),
  );

async function pubacks(client: WireClient, count: number): Promise<(number | undefined)[]> {
  const ids: (number | undefined)[] = [];
  for (let at = 0; at < count; at++) {
    const packet = await client.next();
    expect(packet.cmd).toBe("puback");
    ids.push(packet.messageId);
  }
  return ids;
}

const bodies = async (world: TestEmulator): Promise<unknown[]> =>
  (await readAllEvents(world)).map((event) => event["body"]);

type Throttles = NonNullable<
  ReturnType<TestEmulator["emulator"]["throttling"]["state"]>["hubs"][string]
>["throttles"];

/** Resolves when so many wait for a throttle. */
async function untilWaiting(
  world: TestEmulator,
  throttle: keyof Throttles,
  count: number,
): Promise<void> {
  const { throttling } = world.emulator;
  // Each look is a call that the emulator answers in between.
  while (throttling.state().hubs[HUB]?.throttles[throttle].waiting !== count) await bodies(world);
}

test("above the rate a PUBACK is late; what waited is stored and acknowledged in its order when it may begin", async () => {
  await using world = await emulatorForTest(SLOW);
  await using device = await connectedDevice(world, "late");
  send(device, "late", 11, 12, 13);
  expect(await pubacks(device, 1)).toEqual([11]);
  await untilWaiting(world, "telemetryPerS", 2);
  expect(device.received.filter(({ cmd }) => cmd === "puback")).toHaveLength(1);
  expect(await bodies(world)).toEqual(["message 11"]);
  world.emulator.throttling.set({ tier: "none" });
  expect(await pubacks(device, 2)).toEqual([12, 13]);
  expect(await bodies(world)).toEqual(["message 11", "message 12", "message 13"]);
});

test("a message for which the backlog has no room closes the connection; what waits before it is not lost", async () => {
  await using world = await emulatorForTest(SLOW);
  await using device = await connectedDevice(world, "full");
  send(device, "full", 11);
  expect(await pubacks(device, 1)).toEqual([11]);
  send(device, "full", 12, 13, 14);
  await device.closed;
  expect(device.received.filter(({ cmd }) => cmd === "puback")).toHaveLength(1);
  world.emulator.throttling.set({ tier: "none" });
  expect(await bodies(world)).toEqual(["message 11", "message 12", "message 13"]);
});

test("a lower rate times anew what waits, and refuses what would wait too long", async () => {
  await using world = await emulatorForTest(SLOW);
  await using device = await connectedDevice(world, "lower");
  send(device, "lower", 11, 12, 13);
  expect(await pubacks(device, 1)).toEqual([11]);
  const slower = { ...SLOW.tierLimits, telemetryPerS: 1 / 7000 };
  world.emulator.throttling.set({ tier: "S1", tierLimits: slower });
  await device.closed;
  await untilWaiting(world, "telemetryPerS", 1);
});

test("messages above the rate are stored when their turn has come, whoever sends them", async () => {
  const fast = { ...SLOW.tierLimits, telemetryPerS: 200, connectionsPerS: 100 };
  await using world = await emulatorForTest({ ...SLOW, tierLimits: fast });
  await using one = await connectedDevice(world, "one");
  await using two = await connectedDevice(world, "two");
  const ids = Array.from({ length: 10 }, (_, at) => at + 1);
  send(one, "one", ...ids);
  send(two, "two", ...ids);
  expect(await pubacks(one, 10)).toEqual(ids);
  expect(await pubacks(two, 10)).toEqual(ids);
  const times = (await readAllEvents(world)).map(({ enqueuedTime }) =>
    Date.parse(String(enqueuedTime)),
  );
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test("who hangs up while a message waits leaves nothing behind, and its message is kept", async () => {
  await using world = await emulatorForTest(SLOW);
  await using device = await connectedDevice(world, "gone");
  send(device, "gone", 11, 12);
  await pubacks(device, 1);
  await untilWaiting(world, "telemetryPerS", 1);
  device.drop();
  await device.closed;
  world.emulator.throttling.set({ tier: "none" });
  expect(await bodies(world)).toEqual(["message 11", "message 12"]);
});

test("an emulator with messages, connections and calls that wait stops at once", async () => {
  const limits = { ...SLOW.tierLimits, registryOperationsPerS: 1 / 3600 };
  const world = await emulatorForTest({ ...SLOW, tierLimits: limits });
  const device = await connectedDevice(world, "stop");
  send(device, "stop", 11, 12);
  await pubacks(device, 1);
  using clients = serviceClients(world);
  const call = clients.registry.get("stop").catch((error: unknown) => error);
  await untilWaiting(world, "registryOperationsPerS", 1);
  await world.emulator.stop();
  expect(await call).toMatchObject({ response: { statusCode: 503 } });
  await device.closed;
});

/** A device of the registry that connects when a test says so. */
async function latecomer(options: Partial<EmulatorOptions>) {
  const world = await emulatorForTest({ ...SLOW, ...options });
  const first = await connectedDevice(world, "first");
  const keys = await world.pki.leaf("second");
  using clients = serviceClients(world);
  const thumbprint = new X509Certificate(keys.certificatePem).fingerprint256.replaceAll(":", "");
  await clients.registry.create({
    deviceId: "second",
    authentication: { x509Thumbprint: { primaryThumbprint: thumbprint } },
  });
  const second = await WireClient.open(world, { servername: HUB, keys });
  second.send(connectPacket("second", hubUserName("second")));
  return {
    world,
    second,
    [Symbol.asyncDispose]: async () => {
      first.drop();
      second.drop();
      await world.emulator.stop();
    },
  };
}

test("a connection above the rate waits for its CONNACK, and has it when it may begin", async () => {
  await using late = await latecomer({});
  await untilWaiting(late.world, "connectionsPerS", 1);
  expect(late.second.received).toEqual([]);
  late.world.emulator.throttling.set({ tier: "none" });
  expect(await late.second.next()).toMatchObject({ cmd: "connack", returnCode: 0 });
});

test.for([
  ["connack", [{ cmd: "connack", returnCode: 3 }]],
  ["close", []],
] as const)(
  "a connection for which the backlog has no room is refused by code 3 or closed: %s",
  async ([throttledConnections, told]) => {
    await using late = await latecomer({ throttleDelayMaxS: 0, throttledConnections });
    await late.second.closed;
    expect(late.second.received).toMatchObject(told);
  },
);
