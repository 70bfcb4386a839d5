import { afterAll, beforeAll, expect, test } from "vitest";
import { readAllEvents } from "./emulator-events.ts";
import { enrollGroup } from "./emulator-service-clients.ts";
import type { DeviceKeys, TestEmulator, WireClient } from "./emulator-wire.ts";
import {
  DPS,
  HUB,
  WireClient as Wire,
  connectPacket,
  dpsUserName,
  emulatorForTest,
  hubUserName,
  openHub,
  publishPacket,
  register,
  subscribePacket,
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

test("a ping is answered", async () => {
  await using client = await openHub(world, "k-3", await provisioned("k-3"));
  client.send({ cmd: "pingreq" });
  expect(await client.next()).toMatchObject({ cmd: "pingresp" });
});

test("every documented filter is granted, at QoS 1 at most", async () => {
  await using client = await openHub(world, "k-4", await provisioned("k-4"));
  for (const [filter, asked, granted] of [
    ["$iothub/twin/res/#", 0, 0],
    ["$iothub/twin/PATCH/properties/desired/#", 1, 1],
    ["$iothub/methods/POST/#", 2, 1],
    ["devices/k-4/messages/devicebound/#", 2, 1],
  ] as const) {
    client.send(subscribePacket(filter, asked, 5));
    expect(await client.next()).toMatchObject({ cmd: "suback", granted: [granted] });
  }
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

test("a will is no telemetry after DISCONNECT, and none where its topic is another's", async () => {
  const keys = await provisioned("k-7");
  const orderly = await openHub(world, "k-7", keys, {
    will: { topic: EVENTS("k-7"), payload: "orderly" },
  });
  orderly.send({ cmd: "disconnect" });
  await orderly.closed;
  const foreign = await openHub(world, "k-7", keys, {
    will: { topic: EVENTS("k-8"), payload: "foreign" },
  });
  await using last = await openHub(world, "k-7", keys);
  await foreign.closed;
  expect(await answerOf(last, "k-7")).toMatchObject(PUBACK);
  const bodies = (await readAllEvents(world)).map((event) => event["body"]);
  expect(bodies).not.toContain("orderly");
  expect(bodies).not.toContain("foreign");
});

test("a session of a deleted subscription does not come back", async () => {
  const keys = await provisioned("k-10");
  const filter = "$iothub/methods/POST/#";
  {
    await using first = await openHub(world, "k-10", keys, { clean: false });
    first.send(subscribePacket(filter, 0, 1));
    await first.next();
    first.send({ cmd: "unsubscribe", messageId: 2, unsubscriptions: [filter] });
    await first.next();
  }
  await using second = await Wire.open(world, { servername: HUB, keys });
  second.send(connectPacket("k-10", hubUserName("k-10"), { clean: false }));
  expect(await second.next()).toMatchObject({ cmd: "connack", sessionPresent: false });
});

test("a user name of DPS without a registration id is refused with CONNACK 5", async () => {
  await using client = await Wire.open(world, { servername: HUB });
  client.send(connectPacket("k-11", "0ne000CA7E5/registrations/"));
  expect(await client.next()).toMatchObject({ cmd: "connack", returnCode: 5 });
  await client.closed;
});
