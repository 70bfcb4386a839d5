import { afterAll, beforeAll, expect, test } from "vitest";
import { hubToken, readAllEvents, sendEvent } from "./emulator-events.ts";
import { DPS_RESOURCE, HUB_RESOURCE, manage } from "./emulator-management.ts";
import { enrollGroup, serviceClients } from "./emulator-service-clients.ts";
import type { DeviceKeys, TestEmulator, WireClient } from "./emulator-wire.ts";
import {
  connectPacket,
  HUB,
  hubUserName,
  openHub,
  pubackOf,
  publishPacket,
  register,
  subscribePacket,
  WireClient as Wire,
} from "./emulator-wire.ts";
import { documentsOf, dpsToken, KeptEmulator } from "./kept-emulator.ts";

let kept: KeptEmulator;
let leaf: DeviceKeys;
beforeAll(async () => {
  kept = await KeptEmulator.start();
  leaf = await kept.world.pki.leaf("cave");
});
afterAll(() => kept[Symbol.asyncDispose]());

/** One of everything that services and devices leave behind; the device `cave` was here. */
async function useEverything(world: TestEmulator): Promise<void> {
  using clients = serviceClients(world);
  const { registry } = clients;
  await enrollGroup(world, { desired: { fan: "on" } });
  const own = {
    registrationId: "own",
    deviceId: "own-device",
    attestation: { type: "symmetricKey", symmetricKey: {} },
    optionalDeviceInformation: { shelf: null },
  };
  await manage(world, "PUT", "/enrollments/own?api-version=2021-10-01", {
    body: own,
    token: null,
    headers: { authorization: dpsToken(world) },
  });
  const certificate = Buffer.from(world.pki.root.certificatePem).toString("base64");
  const body = { properties: { certificate, isVerified: true } };
  await manage(world, "PUT", `${DPS_RESOURCE}/certificates/root`, { body });
  await manage(world, "PUT", `${HUB_RESOURCE}/certificates/root`, { body });
  await manage(world, "PUT", `${HUB_RESOURCE}/eventHubEndpoints/events/ConsumerGroups/mine`);
  await manage(world, "PUT", HUB_RESOURCE, { body: { properties: { routing: ROUTING } } });
  await registry.create({ deviceId: "by-key", status: "disabled" });
  await register(world, "cave", leaf);
  await using cave = await openHub(world, "cave", leaf);
  await sendEvent(cave, "cave", '{"t":4}', "level=low&%24.ct=application%2Fjson");
  await sendEvent(cave, "cave", Buffer.from([0xff, 0]), "level=high");
  await reported(cave, { temperature: 4, door: { open: null, __proto__: { own: true } } });
  await registry.updateTwin(
    "cave",
    { tags: { site: "north" }, properties: { desired: { a: 1 } } },
    "*",
  );
  await cave.finish();
}

const ROUTING = {
  endpoints: { eventHubs: [{ name: "alerts" }] },
  routes: [
    {
      name: "hot",
      source: "DeviceMessages",
      condition: "level = 'high'",
      endpointNames: ["alerts"],
      isEnabled: true,
    },
  ],
  fallbackRoute: { source: "DeviceMessages", endpointNames: ["events"], isEnabled: true },
};

/** Writes reported properties; the answer is awaited. */
async function reported(device: WireClient, patch: object): Promise<void> {
  device.send(subscribePacket("$iothub/twin/res/#"));
  await device.next();
  const topic = "$iothub/twin/PATCH/properties/reported/?$rid=1";
  device.send(publishPacket(topic, JSON.stringify(patch), { qos: 0 }));
  expect((await device.nextPublish()).topic).toContain("/res/204/");
}

test("a restart serves the same documents, keys, versions, ETags and messages", async () => {
  await useEverything(kept.world);
  const before = await documentsOf(kept.world);
  await kept.restart();
  expect(await documentsOf(kept.world)).toEqual(before);
  await using cave = await openHub(kept.world, "cave", leaf);
  await sendEvent(cave, "cave", "later");
  const [last] = (await readAllEvents(kept.world, "/events?endpoint=events")).slice(-1);
  expect(last).toMatchObject({ sequence: 3, sequenceNumber: 1, body: "later" });
});

test("what was written counts on: ETags fit, versions go on, and no generation id comes twice", async () => {
  using before = serviceClients(kept.world);
  const { responseBody: old } = await before.registry.get("by-key");
  await kept.restart();
  using clients = serviceClients(kept.world);
  const { responseBody: updated } = await clients.registry.update(
    Object.assign(old, { status: "enabled" }),
  );
  expect(updated.generationId).toBe(old.generationId);
  await clients.registry.delete("by-key");
  const { responseBody: again } = await clients.registry.create({ deviceId: "by-key" });
  expect(again.generationId).not.toBe(old.generationId);
  const { responseBody: twin } = await clients.registry.updateTwin(
    "cave",
    { properties: { desired: { a: 2 } } },
    "*",
  );
  expect(twin.properties.desired["$version"]).toBe(3);
});

test("a session and the messages that wait for it are there after a restart", async () => {
  const filter = "devices/cave/messages/devicebound/#";
  {
    await using device = await openHub(kept.world, "cave", leaf, { clean: false });
    device.send(subscribePacket(filter));
    await device.next();
    await send(kept.world, "first");
    const first = await device.next();
    device.send(pubackOf(first));
    await send(kept.world, "second");
    expect(await device.next()).toMatchObject({ cmd: "publish", messageId: 2, dup: false });
    await device.finish();
  }
  await send(kept.world, "third");
  await kept.restart({ commandRedelivery: "reconnect" });
  await using device = await Wire.open(kept.world, { servername: HUB, keys: leaf });
  device.send(connectPacket("cave", hubUserName("cave"), { clean: false }));
  expect(await device.next()).toMatchObject({ cmd: "connack", sessionPresent: true });
  const second = await device.next();
  expect(second).toMatchObject({ messageId: 2, dup: true, payload: Buffer.from("second") });
  const third = await device.next();
  expect(third).toMatchObject({ messageId: 3, dup: false, payload: Buffer.from("third") });
  device.send(pubackOf(second), pubackOf(third));
  await device.finish();
});

async function send(world: TestEmulator, body: string): Promise<void> {
  const path = "/devices/cave/messages/devicebound";
  const { status } = await manage(world, "POST", path, {
    body,
    host: HUB,
    token: null,
    headers: { authorization: hubToken(world) },
  });
  expect(status).toBe(201);
}
