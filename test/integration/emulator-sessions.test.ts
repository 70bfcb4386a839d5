import { afterAll, beforeAll, expect, test } from "vitest";
import { enrollGroup } from "./emulator-service-clients.ts";
import type { DeviceKeys, TestEmulator, WireClient } from "./emulator-wire.ts";
import {
  DPS,
  HUB,
  WireClient as Wire,
  connectPacket,
  dpsUserName,
  emulatorForTest,
  openHub,
  publishPacket,
  register,
} from "./emulator-wire.ts";

/** Its largest keepalive is one second, where Azure's is 1,177. */
let world: TestEmulator;
beforeAll(async () => {
  world = await emulatorForTest({ keepaliveMaxS: 1 });
  await enrollGroup(world);
});
afterAll(() => world.emulator.stop());

async function provisioned(id: string): Promise<DeviceKeys> {
  const keys = await world.pki.leaf(id);
  await register(world, id, keys);
  return keys;
}

const EVENTS = (id: string): string => `devices/${id}/messages/events/`;

/** Sends a message and gives the packet that comes back. */
async function answerOf(client: WireClient, id: string): Promise<unknown> {
  client.send(publishPacket(EVENTS(id), "x", { messageId: 77 }));
  return await client.next();
}

const PUBACK = { cmd: "puback", messageId: 77 };

test("a keepalive above the largest counts as the largest, and one of 0 is never timed out", async () => {
  const keys = await provisioned("k-1");
  await using patient = await openHub(world, "k-1", keys, { keepalive: 0 });
  await using capped = await openHub(world, "k-2", await provisioned("k-2"), { keepalive: 65_535 });
  const atDps = await Wire.open(world, { servername: DPS, keys });
  atDps.send(connectPacket("k-1", dpsUserName("k-1"), { keepalive: 600 }));
  await capped.closed;
  await atDps.closed;
  expect(await answerOf(patient, "k-1")).toMatchObject(PUBACK);
});

test("a take-over closes the old connection before the new CONNACK, and the new one serves on", async () => {
  const keys = await provisioned("k-5");
  let current = await openHub(world, "k-5", keys);
  for (let round = 0; round < 5; round++) {
    const newer = await openHub(world, "k-5", keys);
    await current.closed;
    expect(await answerOf(newer, "k-5")).toMatchObject(PUBACK);
    current = newer;
  }
  await current[Symbol.asyncDispose]();
});

test("one certificate has a connection at DPS and at its hub at the same time", async () => {
  const keys = await provisioned("k-6");
  await using atHub = await openHub(world, "k-6", keys);
  expect(JSON.parse((await register(world, "k-6", keys)).body)).toMatchObject({
    status: "assigned",
  });
  expect(await answerOf(atHub, "k-6")).toMatchObject(PUBACK);
});

test("a user name of DPS without a registration id is refused with CONNACK 5", async () => {
  await using client = await Wire.open(world, { servername: HUB });
  client.send(connectPacket("k-11", "0ne000CA7E5/registrations/"));
  expect(await client.next()).toMatchObject({ cmd: "connack", returnCode: 5 });
  await client.closed;
});
