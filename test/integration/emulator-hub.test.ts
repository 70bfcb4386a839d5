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

const TWIN_ANSWERS = subscribePacket("$iothub/twin/res/#", 0, 1);
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
