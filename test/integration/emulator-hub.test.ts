import { afterAll, beforeAll, expect, test } from "vitest";
import { enrollGroup, serviceClients } from "./emulator-service-clients.ts";
import type { DeviceKeys, TestEmulator } from "./emulator-wire.ts";
import {
  HUB,
  WireClient,
  connectPacket,
  emulatorForTest,
  hubUserName,
  openHub,
  publishPacket,
  register,
  subscribePacket,
} from "./emulator-wire.ts";
import { readAllEvents } from "./emulator-events.ts";

const TWIN_ANSWERS = subscribePacket("$iothub/twin/res/#", 0, 1);
const DESIRED = subscribePacket("$iothub/twin/PATCH/properties/desired/#", 0, 2);
const twinGet = (rid: string) => publishPacket(`$iothub/twin/GET/?$rid=${rid}`, " ", { qos: 0 });

let world: TestEmulator;
let clients: ReturnType<typeof serviceClients>;
beforeAll(async () => {
  world = await emulatorForTest();
  await enrollGroup(world, { desired: { fanstate: "on" } });
  clients = serviceClients(world);
});
afterAll(async () => {
  clients[Symbol.dispose]();
  await world.emulator.stop();
});

/** A device that DPS has put into the hub. */
async function provisioned(deviceId: string): Promise<DeviceKeys> {
  const keys = await world.pki.leaf(deviceId);
  const { body } = await register(world, deviceId, keys);
  expect(JSON.parse(body)).toMatchObject({ status: "assigned" });
  return keys;
}

async function connack(clientId: string, userName: string, keys: DeviceKeys): Promise<unknown> {
  await using client = await WireClient.open(world, { servername: HUB, keys });
  client.send(connectPacket(clientId, userName));
  return await client.next();
}

test("a device connects with the thumbprint that DPS wrote, and reads the enrollment's initial twin", async () => {
  await using device = await openHub(world, "a-1", await provisioned("a-1"));
  device.send(TWIN_ANSWERS, twinGet("x-1"));
  expect(await device.next()).toMatchObject({ cmd: "suback", granted: [0] });
  const answer = await device.nextPublish();
  expect(answer).toMatchObject({ topic: "$iothub/twin/res/200/?$rid=x-1", qos: 0 });
  expect(JSON.parse(answer.body)).toEqual({
    desired: { fanstate: "on", $version: 1 },
    reported: { $version: 1 },
  });
});

test("another certificate of the same name, an unknown device and a foreign client id get CONNACK 5", async () => {
  const keys = await provisioned("a-2");
  const again = await world.pki.leaf("a-2");
  const refused = { cmd: "connack", returnCode: 5 };
  expect(await connack("a-2", hubUserName("a-2"), again)).toMatchObject(refused);
  const stranger = await world.pki.leaf("a-2", { signer: world.pki.otherRoot });
  expect(await connack("a-2", hubUserName("a-2"), stranger)).toMatchObject(refused);
  expect(await connack("nobody", hubUserName("nobody"), keys)).toMatchObject(refused);
  expect(await connack("other", hubUserName("a-2"), keys)).toMatchObject(refused);
  const elsewhere = hubUserName("a-2", "elsewhere.azure-devices.net");
  expect(await connack("a-2", elsewhere, keys)).toMatchObject(refused);
});

test("a session is kept for clean=false: subscriptions work without a new SUBSCRIBE", async () => {
  const keys = await provisioned("a-8");
  {
    await using first = await openHub(world, "a-8", keys, { clean: false });
    first.send(DESIRED);
    await first.next();
  }
  await using second = await WireClient.open(world, { servername: HUB, keys });
  second.send(connectPacket("a-8", hubUserName("a-8"), { clean: false }));
  expect(await second.next()).toMatchObject({ returnCode: 0, sessionPresent: true });
  await clients.registry.updateTwin("a-8", { properties: { desired: { n: 1 } } }, "*");
  expect(JSON.parse((await second.nextPublish()).body)).toEqual({ n: 1, $version: 2 });
});

test("a clean connection wipes the session", async () => {
  const keys = await provisioned("a-9");
  for (const clean of [false, true, false]) {
    await using client = await WireClient.open(world, { servername: HUB, keys });
    client.send(connectPacket("a-9", hubUserName("a-9"), { clean }), DESIRED);
    expect(await client.next()).toMatchObject({ cmd: "connack", sessionPresent: false });
    await client.next();
  }
});

test("a second connection of a device evicts the first and shows as connected", async () => {
  const keys = await provisioned("a-10");
  await using first = await openHub(world, "a-10", keys);
  await using second = await openHub(world, "a-10", keys);
  await first.closed;
  second.send(TWIN_ANSWERS, twinGet("1"));
  await second.next();
  await second.nextPublish();
  const { responseBody: device } = await clients.registry.get("a-10");
  expect(device).toMatchObject({ connectionState: "Connected", status: "enabled" });
});

test.for([
  ["a QoS 2 publish", publishPacket("devices/b-1/messages/events/", "x", { qos: 2 })],
  ["a foreign filter", subscribePacket("devices/b-2/messages/devicebound/#")],
  ["a wildcard over everything", subscribePacket("$iothub/#")],
] as const)("%s closes the connection without an answer", async ([, packet]) => {
  await using device = await openHub(world, "b-1", await provisioned("b-1"));
  device.send(packet);
  await device.closed;
  expect(device.received.map(({ cmd }) => cmd)).toEqual(["connack"]);
});

test("a retained message is marked, and a will is sent on when the connection drops", async () => {
  const keys = await provisioned("b-4");
  const topic = "devices/b-4/messages/events/";
  const device = await openHub(world, "b-4", keys, { will: { topic, payload: "gone" } });
  device.send(publishPacket(topic, "kept", { retain: true }));
  await device.next();
  // A newer connection ends the first without a DISCONNECT of its own.
  await using newer = await openHub(world, "b-4", keys);
  await device.closed;
  newer.send(publishPacket(topic, "last"));
  await newer.next();
  const mine = (await readAllEvents(world)).filter((event) => event["deviceId"] === "b-4");
  expect(mine.map(({ body, properties }) => ({ body, properties }))).toEqual([
    { body: "kept", properties: { "mqtt-retain": "true" } },
    { body: "gone", properties: { "iothub-MessageType": "Will" } },
    { body: "last", properties: {} },
  ]);
});

test("a disabled identity loses its connection and its way back, until it is enabled again", async () => {
  const keys = await provisioned("b-5");
  await using device = await openHub(world, "b-5", keys);
  const { responseBody: identity } = await clients.registry.get("b-5");
  await clients.registry.update(Object.assign(identity, { status: "disabled" }));
  await device.closed;
  const userName = hubUserName("b-5");
  expect(await connack("b-5", userName, keys)).toMatchObject({ returnCode: 5 });
  await clients.registry.update(Object.assign(identity, { status: "enabled" }));
  expect(await connack("b-5", userName, keys)).toMatchObject({ returnCode: 0 });
});

test("a deleted identity loses its connection, and comes back through DPS", async () => {
  const keys = await provisioned("b-6");
  await using device = await openHub(world, "b-6", keys);
  await clients.registry.delete("b-6");
  await device.closed;
  expect(await connack("b-6", hubUserName("b-6"), keys)).toMatchObject({ returnCode: 5 });
  await register(world, "b-6", keys);
  expect(await connack("b-6", hubUserName("b-6"), keys)).toMatchObject({ returnCode: 0 });
});

test("a device with a new certificate must pass DPS again, which closes the old connection", async () => {
  const keys = await provisioned("b-7");
  await using device = await openHub(world, "b-7", keys);
  const renewed = await world.pki.leaf("b-7");
  await register(world, "b-7", renewed);
  await device.closed;
  expect(await connack("b-7", hubUserName("b-7"), keys)).toMatchObject({ returnCode: 5 });
  expect(await connack("b-7", hubUserName("b-7"), renewed)).toMatchObject({ returnCode: 0 });
});

test("the keepalive is enforced at one and a half times its value", async () => {
  const keys = await provisioned("b-8");
  await using device = await openHub(world, "b-8", keys, { keepalive: 1 });
  await device.closed;
  const { responseBody: identity } = await clients.registry.get("b-8");
  expect(identity.connectionState).toBe("Disconnected");
});
