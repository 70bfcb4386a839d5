import { once } from "node:events";
import { request } from "node:https";
import { expect, test } from "vitest";
import { enrollGroup, serviceClients } from "./emulator-service-clients.ts";
import type { TestEmulator } from "./emulator-wire.ts";
import {
  emulatorForTest,
  HUB,
  openHub,
  publishPacket,
  register,
  subscribePacket,
  WireClient,
} from "./emulator-wire.ts";
import type { EmulatorOptions } from "../../src/emulator/emulator.ts";

/** A device that listens for method calls at an emulator. */
async function deviceWorld(options: Omit<EmulatorOptions, "tls"> = {}) {
  const world = await emulatorForTest(options);
  await enrollGroup(world);
  const keys = await world.pki.leaf("drained");
  await register(world, "drained", keys);
  const device = await openHub(world, "drained", keys);
  device.send(subscribePacket("$iothub/methods/POST/#", 0, 3));
  await device.next();
  const clients = serviceClients(world);
  const invoke = () =>
    clients.methods.invokeDeviceMethod("drained", {
      methodName: "do",
      payload: {},
      responseTimeoutInSeconds: 30,
    });
  return { world, device, keys, clients, invoke };
}

/** What whoever waits for the emulator gets, on a connection of its own. */
async function askReady({ emulator, pki }: TestEmulator): Promise<number | undefined> {
  const asking = request(`${emulator.adminUrl}/ready`, {
    ca: pki.root.certificatePem,
    agent: false,
  });
  const [answer]: { statusCode?: number }[] = await once(asking.end(), "response");
  return answer?.statusCode;
}

test("a method call that is under way when the emulator stops gets its device's answer", async () => {
  const { world, device, keys, clients, invoke } = await deviceWorld();
  using _ = clients;
  expect(await askReady(world)).toBe(200);
  const calling = invoke();
  const { topic } = await device.nextPublish();
  const stopping = world.emulator.stop();
  const late = WireClient.open(world, { servername: HUB, keys });
  await expect(late).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await expect(askReady(world)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  const [, rid] = /\$rid=([^&]+)$/.exec(topic) ?? [];
  device.send(publishPacket(`$iothub/methods/res/200/?$rid=${rid}`, '{"done":true}', { qos: 0 }));
  expect((await calling).result).toEqual({ status: 200, payload: { done: true } });
  await stopping;
  await device.closed;
});

test("devices have the PUBACK of all that was stored, in order, before their connection ends", async () => {
  const { world, device, clients } = await deviceWorld();
  using _ = clients;
  const count = 500;
  const ids = Array.from({ length: count }, (_unused, at) => at + 10);
  for (const messageId of ids)
    device.send(publishPacket("devices/drained/messages/events/", "x", { messageId }));
  const first = await device.next();
  expect(first).toMatchObject({ cmd: "puback", messageId: 10 });
  await world.emulator.stop();
  await device.closed;
  const acknowledged = device.received.flatMap(({ cmd, messageId }) =>
    cmd === "puback" && messageId !== undefined ? [messageId] : [],
  );
  expect(acknowledged).toEqual(ids.slice(0, acknowledged.length));
});

test("what does not end is cut off when its time is over, and stopping twice is one stop", async () => {
  const { world, device, clients, invoke } = await deviceWorld({ drainMs: 20 });
  using _ = clients;
  const calling = invoke().then(
    () => "answered",
    () => "cut off",
  );
  await device.nextPublish();
  await Promise.all([world.emulator.stop(), world.emulator.stop()]);
  expect(await calling).toBe("cut off");
  await device.closed;
});
