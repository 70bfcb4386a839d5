import { afterAll, beforeAll, expect, test } from "vitest";
import { enrollGroup, serviceClients } from "./emulator-service-clients.ts";
import type { DeviceKeys, TestEmulator, WireClient } from "./emulator-wire.ts";
import {
  emulatorForTest,
  openHub,
  publishPacket,
  register,
  subscribePacket,
} from "./emulator-wire.ts";

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

async function provisioned(id: string): Promise<DeviceKeys> {
  const keys = await world.pki.leaf(id);
  await register(world, id, keys);
  return keys;
}

const patch = (id: string, desired: Record<string, unknown>) =>
  clients.registry.updateTwin(id, { properties: { desired } }, "*");

async function subscribe(client: WireClient, ...filters: string[]): Promise<void> {
  for (const filter of filters) {
    client.send(subscribePacket(filter, 0, 9));
    expect(await client.next()).toMatchObject({ cmd: "suback", granted: [0] });
  }
}

const DESIRED = "$iothub/twin/PATCH/properties/desired/#";
const ANSWERS = "$iothub/twin/res/#";

async function readTwin(client: WireClient): Promise<unknown> {
  client.send(publishPacket("$iothub/twin/GET/?$rid=get", "", { qos: 0 }));
  const { topic, body } = await client.nextPublish();
  expect(topic).toBe("$iothub/twin/res/200/?$rid=get");
  return JSON.parse(body);
}

test("a desired change for a device that is away is not queued, and is read when it is back", async () => {
  const keys = await provisioned("t-1");
  {
    await using first = await openHub(world, "t-1", keys, { clean: false });
    await subscribe(first, ANSWERS, DESIRED);
  }
  await patch("t-1", { missed: 1 });
  await using back = await openHub(world, "t-1", keys, { clean: false });
  expect(await readTwin(back)).toEqual({
    desired: { fanstate: "on", missed: 1, $version: 2 },
    reported: { $version: 1 },
  });
  await patch("t-1", { seen: 1 });
  expect((await back.nextPublish()).body).toBe('{"seen":1,"$version":3}');
});

test("desired changes arrive in the order in which they were made, each with the next version", async () => {
  await using client = await openHub(world, "t-2", await provisioned("t-2"));
  await subscribe(client, DESIRED);
  for (let n = 1; n <= 20; n++) await patch("t-2", { n });
  for (let n = 1; n <= 20; n++)
    expect(JSON.parse((await client.nextPublish()).body)).toEqual({ n, $version: n + 1 });
});

test("a device that did not subscribe gets neither changes nor twin answers", async () => {
  await using client = await openHub(world, "t-3", await provisioned("t-3"));
  client.send(publishPacket("$iothub/twin/GET/?$rid=lost", "", { qos: 0 }));
  await patch("t-3", { n: 1 });
  await subscribe(client, ANSWERS, DESIRED);
  expect(await readTwin(client)).toMatchObject({ desired: { n: 1, $version: 2 } });
});

test("a request id is echoed byte for byte, and comes first", async () => {
  await using client = await openHub(world, "t-4", await provisioned("t-4"));
  await subscribe(client, ANSWERS);
  for (const rid of ["0", "{B5}:%20/ü", "a=b"]) {
    client.send(
      publishPacket(`$iothub/twin/PATCH/properties/reported/?$rid=${rid}`, "{}", { messageId: 6 }),
    );
    expect(await client.next()).toMatchObject({ cmd: "puback", messageId: 6 });
    const { topic, body } = await client.nextPublish();
    expect(topic.startsWith(`$iothub/twin/res/204/?$rid=${rid}&$version=`)).toBe(true);
    expect(body).toBe("");
  }
});

test("a refused update changes nothing, on either side, and says why", async () => {
  await using client = await openHub(world, "t-6", await provisioned("t-6"));
  await subscribe(client, ANSWERS, DESIRED);
  const before = await readTwin(client);
  await expect(patch("t-6", { good: 1, "bad key": 1 })).rejects.toMatchObject({
    name: "ArgumentError",
    responseBody: expect.stringContaining("bad key"),
  });
  await expect(patch("t-6", { big: "x".repeat(4097) })).rejects.toMatchObject({
    name: "ArgumentError",
  });
  for (const body of ["", "[]", "null", "{", '{"good":1,"bad":[null]}']) {
    client.send(publishPacket("$iothub/twin/PATCH/properties/reported/?$rid=1", body, { qos: 0 }));
    const refused = await client.nextPublish();
    expect(refused.topic).toBe("$iothub/twin/res/400/?$rid=1");
    expect(JSON.parse(refused.body)).toMatchObject({
      errorCode: 400004,
      trackingId: expect.any(String),
      message: expect.any(String),
      timestampUtc: expect.any(String),
    });
  }
  expect(await readTwin(client)).toEqual(before);
});

test("a device sees no tags, and tags make no desired change", async () => {
  await using client = await openHub(world, "t-7", await provisioned("t-7"));
  await subscribe(client, ANSWERS, DESIRED);
  await clients.registry.updateTwin("t-7", { tags: { floor: 2 } }, "*");
  expect(await readTwin(client)).toEqual({
    desired: { fanstate: "on", $version: 1 },
    reported: { $version: 1 },
  });
});
