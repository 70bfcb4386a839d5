import { once } from "node:events";
import type { ClientRequest } from "node:http";
import { request } from "node:https";
import iotDevice from "azure-iot-device";
import iotCommon from "azure-iot-common";
import type iothub from "azure-iothub";
import { expect, test } from "vitest";
import { report } from "../conformance/support/hub-device.ts";
import { formatSasToken } from "../support/sas-token.ts";
import { faultWorld } from "./emulator-fault-world.ts";
import { connectedDevice, sendEvent } from "./emulator-events.ts";
import { serviceClients } from "./emulator-service-clients.ts";
import { HUB } from "./emulator-wire.ts";
import { KeptEmulator } from "./kept-emulator.ts";

const { Message } = iotDevice;
const NOON_MS = Date.UTC(2026, 0, 1, 12);

/** A free hub whose clock starts at noon, with a device. */
async function freeHub(messagesPerDay: number) {
  let skippedMs = NOON_MS - Date.now();
  const world = await faultWorld(["cave-1"], {
    tier: "F1",
    tierLimits: { messagesPerDay },
    clock: () => Date.now() + skippedMs,
  });
  world.methods.setRetryPolicy(new iotCommon.NoRetry());
  return {
    ...world,
    skip: (ms: number) => {
      skippedMs += ms;
    },
    /** Messages of the day by now. */
    used: () => world.emulator.throttling.state().hubs[HUB]?.messages.used,
  };
}

const METHOD = { methodName: "tend", payload: "x", responseTimeoutInSeconds: 5 };

test("a free hub counts in blocks of 0.5 KB: messages, twins, methods, queries; not identities", async () => {
  await using world = await freeHub(8000);
  const { registry, methods } = world;
  /** What an act adds to the messages of the day. */
  const costOf = async (act: () => Promise<unknown>): Promise<number> => {
    const before = world.used() ?? 0;
    await act();
    return (world.used() ?? 0) - before;
  };
  const client = await world.client("cave-1");
  expect(await costOf(() => client.open())).toBe(0);
  expect(await costOf(() => client.sendEvent(new Message("")))).toBe(1);
  expect(await costOf(() => client.sendEvent(new Message("x".repeat(512))))).toBe(1);
  expect(await costOf(() => client.sendEvent(new Message("x".repeat(513))))).toBe(2);
  expect(await costOf(() => client.sendEvent(new Message("x".repeat(256 * 1024))))).toBe(512);
  expect(await costOf(() => client.getTwin())).toBe(1);
  const twin = await client.getTwin();
  expect(await costOf(() => report(twin, { fan: "on" }))).toBe(1);
  expect(await costOf(() => report(twin, { text: "x".repeat(1000) }))).toBe(2);
  // With its metadata the twin is larger than what the device reported.
  expect(await costOf(() => registry.getTwin("cave-1"))).toBeGreaterThan(2);
  const patch = { properties: { desired: { text: "x".repeat(600) } } };
  expect(await costOf(() => registry.updateTwin("cave-1", patch, "*"))).toBe(2);
  // The call of an offline device costs its request: nothing listens to methods yet.
  const offline = () => methods.invokeDeviceMethod("cave-1", METHOD).catch(() => {});
  expect(await costOf(offline)).toBe(1);
  client.onDeviceMethod("tend", (_request, response) => {
    void response.send(200, "x".repeat(600));
  });
  await client.getTwin();
  expect(await costOf(() => methods.invokeDeviceMethod("cave-1", METHOD))).toBe(3);
  expect(await costOf(() => registry.createQuery("SELECT deviceId FROM devices").next())).toBe(1);
  expect(await costOf(() => registry.get("cave-1"))).toBe(0);
  await client.close();
});

test("a body that comes in chunks has its size, and a call counts though nobody waits for its answer", async () => {
  await using world = await freeHub(8000);
  const { agent, hubConnectionStrings } = world.emulator;
  const key = /SharedAccessKey=(.+)$/.exec(hubConnectionStrings[0] ?? "")?.[1] ?? "";
  const endS = Math.floor(NOON_MS / 1000) + 600;
  const authorization = formatSasToken(HUB, { name: "iothubowner", key }, endS);
  const ask = (method: string, path: string, body: string): ClientRequest => {
    const asked = request({ agent, host: HUB, method, path, headers: { authorization } });
    asked.on("error", () => {});
    // Written before the end: there is no Content-Length.
    asked.write(body);
    asked.end();
    return asked;
  };
  const patch = JSON.stringify({ tags: { text: "x".repeat(600) } });
  const [answer] = await once(ask("PATCH", "/twins/cave-1", patch), "response");
  answer.resume();
  expect(answer.statusCode).toBe(200);
  expect(world.used()).toBe(2);

  const client = await world.client("cave-1");
  const called = new Promise<void>((resolve) => {
    client.onDeviceMethod("tend", () => resolve());
  });
  await client.open();
  await client.getTwin();
  const before = world.used() ?? 0;
  const body = JSON.stringify({ methodName: "tend", payload: "x".repeat(600) });
  const call = ask("POST", "/twins/cave-1/methods", body);
  await called;
  call.destroy();
  // Each look is a call that the emulator answers in between, and costs nothing.
  while (world.used() === before) await world.registry.get("cave-1");
  expect((world.used() ?? 0) - before).toBeGreaterThanOrEqual(2);
  await client.close();
});

test("when the day's messages are used up, a message closes the connection without a PUBACK, and the device may come again", async () => {
  await using world = await freeHub(2);
  const client = await world.client("cave-1");
  await client.open();
  await client.sendEvent(new Message("one"));
  await client.sendEvent(new Message("two"));
  const lost = once(client, "disconnect");
  void client.sendEvent(new Message("three")).catch(() => {});
  await lost;
  await client.open();
  await expect(client.getTwin()).rejects.toThrow(/used up/);
  // A new day.
  world.skip(12 * 3_600_000);
  await client.sendEvent(new Message("four"));
  expect(world.used()).toBe(1);
  await client.close();
});

test("a kept hub goes on counting after a restart on the same day", async () => {
  const nowMs = Date.now();
  const options = {
    tier: "F1",
    tierLimits: { messagesPerDay: 2 },
    // One moment, which is on one day.
    clock: () => nowMs,
  } as const;
  await using kept = await KeptEmulator.start(options);
  {
    await using device = await connectedDevice(kept.world, "cave-2");
    await sendEvent(device, "cave-2", "one");
    await sendEvent(device, "cave-2", "two");
  }
  const world = await kept.restart(options);
  expect(world.emulator.throttling.state().hubs[HUB]?.messages.used).toBe(2);
  using clients = serviceClients(world);
  await expect(clients.registry.getTwin("cave-2")).rejects.toThrow(/used up/);
});

test("when the day's messages are used up, service clients are told 403002, except about identities", async () => {
  await using world = await freeHub(0);
  const { registry, methods } = world;
  const refusal = {
    response: { statusCode: 403, headers: { "iothub-errorcode": "IotHubQuotaExceeded" } },
  };
  const calls: (() => Promise<unknown>)[] = [
    () => registry.getTwin("cave-1"),
    () => registry.updateTwin("cave-1", { tags: { n: 1 } }, "*"),
    () => registry.createQuery("SELECT * FROM devices").next(),
    () => methods.invokeDeviceMethod("cave-1", METHOD),
  ];
  for (const call of calls) await expect(call()).rejects.toMatchObject(refusal);
  const identity: iothub.Registry["get"] = registry.get.bind(registry);
  expect((await identity("cave-1")).responseBody.deviceId).toBe("cave-1");
});
