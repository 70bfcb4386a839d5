import { afterAll, beforeAll, expect, test } from "vitest";
import { readAllEvents } from "./emulator-events.ts";
import { enrollGroup } from "./emulator-service-clients.ts";
import type { DeviceKeys, TestEmulator } from "./emulator-wire.ts";
import {
  DPS,
  WireClient,
  connectPacket,
  dpsUserName,
  emulatorForTest,
  openDps,
  openHub,
  publishPacket,
  register,
  subscribePacket,
} from "./emulator-wire.ts";

let world: TestEmulator;
beforeAll(async () => {
  world = await emulatorForTest();
  await enrollGroup(world);
});
afterAll(() => world.emulator.stop());

/** Sends one request on a connection of its own, as a device does that was cut off between two. */
async function ask(id: string, keys: DeviceKeys, request: string): Promise<unknown> {
  await using client = await openDps(world, id, keys);
  client.send(publishPacket(`$dps/registrations/${request}`, "", { qos: 0 }));
  return JSON.parse((await client.nextPublish()).body);
}

test("an operation is told to the device that began it, also on another connection, and to nobody else", async () => {
  const keys = await world.pki.leaf("op-1");
  const accepted = await ask("op-1", keys, "PUT/iotdps-register/?$rid=1");
  expect(accepted).toMatchObject({ status: "assigning", operationId: expect.any(String) });
  const { operationId } = Object(accepted);
  const poll = `GET/iotdps-get-operationstatus/?$rid=2&operationId=${operationId}`;
  expect(await ask("op-1", keys, poll)).toMatchObject({ status: "assigned" });
  // CONNECT lets in any leaf with the right name.
  const stranger = await world.pki.leaf("op-1", { signer: world.pki.otherRoot });
  expect(await ask("op-1", stranger, poll)).toMatchObject({ errorCode: 401002 });
  // A sibling has a right to be there, and not to this operation.
  const sibling = await world.pki.leaf("op-2");
  expect(await ask("op-2", sibling, poll)).toMatchObject({ errorCode: 404203 });
});

test("a foreign ID scope may be refused at register instead of at CONNECT, and is not let in then either", async () => {
  await using own = await emulatorForTest({ unknownIdScope: "register" });
  await enrollGroup(own);
  const keys = await own.pki.leaf("op-3");
  await using client = await WireClient.open(own, { servername: DPS, keys });
  client.send(connectPacket("op-3", dpsUserName("op-3", "0ne00000000")));
  expect(await client.next()).toMatchObject({ cmd: "connack", returnCode: 0 });
  client.send(subscribePacket("$dps/registrations/res/#"));
  await client.next();
  const topic = "$dps/registrations/PUT/iotdps-register/?$rid=1";
  client.send(publishPacket(topic, "", { qos: 0 }));
  const answer = await client.nextPublish();
  expect(answer.topic).toBe("$dps/registrations/res/401/?$rid=1");
  expect(JSON.parse(answer.body)).toMatchObject({ errorCode: 401000 });
});

test("foreign topics and filters at a hub may be refused instead of closing the connection", async () => {
  await using own = await emulatorForTest({ foreignTopics: "refuse" });
  await enrollGroup(own);
  const keys = await own.pki.leaf("op-4");
  await register(own, "op-4", keys);
  await using client = await openHub(own, "op-4", keys, { clean: false });
  client.send(publishPacket("devices/op-5/messages/events/", "forged", { messageId: 3 }));
  expect(await client.next()).toMatchObject({ cmd: "puback", messageId: 3 });
  client.send({
    cmd: "subscribe",
    messageId: 4,
    subscriptions: [
      { topic: "devices/op-5/messages/devicebound/#", qos: 1 },
      { topic: "$iothub/twin/res/#", qos: 0 },
      { topic: "#", qos: 0 },
    ],
  });
  expect(await client.next()).toMatchObject({ cmd: "suback", granted: [128, 0, 128] });
  client.send(publishPacket("$iothub/twin/GET/?$rid=1", "", { qos: 0 }));
  expect((await client.nextPublish()).topic).toBe("$iothub/twin/res/200/?$rid=1");
  expect(await readAllEvents(own)).toEqual([]);
});
