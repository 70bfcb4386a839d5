import { setImmediate as nextTurn } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hubToken, readAllEvents, sendEvent } from "./emulator-events.ts";
import { manage } from "./emulator-management.ts";
import { serviceClients } from "./emulator-service-clients.ts";
import type { DeviceKeys, TestEmulator } from "./emulator-wire.ts";
import {
  connectPacket,
  HUB,
  hubUserName,
  openHub,
  pubackOf,
  publishPacket,
  subscribePacket,
  WireClient as Wire,
} from "./emulator-wire.ts";
import { documentsOf, useEverything } from "./kept-documents.ts";
import { KeptEmulator } from "./kept-emulator.ts";

let kept: KeptEmulator;
let leaf: DeviceKeys;
beforeAll(async () => {
  kept = await KeptEmulator.start();
  leaf = await kept.world.pki.leaf("cave");
});
afterAll(() => kept[Symbol.asyncDispose]());

test("a restart serves the same documents, keys, versions, ETags and messages", async () => {
  await useEverything(kept.world, leaf);
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

test("a stop under load keeps all that it has acknowledged", async () => {
  const before = (await readAllEvents(kept.world)).length;
  const device = await openHub(kept.world, "cave", leaf);
  const closed = device.closed.then(() => true);
  const sending = (async () => {
    for (let messageId = 1; messageId < 60_000; messageId++) {
      device.send(publishPacket("devices/cave/messages/events/", "x", { messageId }));
      if (messageId % 10 === 0 && (await Promise.race([closed, nextTurn(false)]))) return;
    }
  })();
  await device.next();
  await kept.restart();
  await sending;
  const acknowledged = device.received.filter(({ cmd }) => cmd === "puback").length;
  const stored = (await readAllEvents(kept.world)).length - before;
  expect(stored).toBeGreaterThanOrEqual(acknowledged);
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
