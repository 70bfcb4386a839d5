import { afterAll, beforeAll, expect, test } from "vitest";
import { enrollGroup, serviceClients } from "./emulator-service-clients.ts";
import type { TestEmulator, WireClient } from "./emulator-wire.ts";
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
  world = await emulatorForTest({ methodResponseTimeoutMinS: 0.1, methodPayloadMaxBytes: 1024 });
  await enrollGroup(world);
  clients = serviceClients(world);
});
afterAll(async () => {
  clients[Symbol.dispose]();
  await world.emulator.stop();
});

/** A connected device that listens for method calls, unless told otherwise. */
async function device(id: string, listens = true): Promise<WireClient> {
  const keys = await world.pki.leaf(id);
  await register(world, id, keys);
  const client = await openHub(world, id, keys);
  if (listens) await listen(client);
  return client;
}

async function listen(client: WireClient): Promise<void> {
  client.send(subscribePacket("$iothub/methods/POST/#", 0, 3));
  await client.next();
}

interface Call {
  readonly payload?: unknown;
  readonly responseS?: number;
  readonly connectS?: number;
  readonly name?: string;
}

const invoke = (id: string, { payload, responseS = 20, connectS = 0, name = "do" }: Call = {}) =>
  clients.methods.invokeDeviceMethod(id, {
    methodName: name,
    payload,
    responseTimeoutInSeconds: responseS,
    connectTimeoutInSeconds: connectS,
  });

async function nextCall(client: WireClient): Promise<{ rid: string; body: string; name: string }> {
  const { topic, body, qos } = await client.nextPublish();
  expect(qos).toBe(0);
  const [, name, rid] = /^\$iothub\/methods\/POST\/([^/]+)\/\?\$rid=([^&]+)$/.exec(topic) ?? [];
  if (name === undefined || rid === undefined) throw new Error(topic);
  return { name, rid, body };
}

const reply = (rid: string, status: number, body: string) =>
  publishPacket(`$iothub/methods/res/${status}/?$rid=${rid}`, body, { qos: 0 });

test("a device that does not answer in time is 504101, and its late answer is dropped", async () => {
  await using client = await device("m-3");
  const late = invoke("m-3", { responseS: 0.1 });
  const { rid } = await nextCall(client);
  await expect(late).rejects.toMatchObject({
    name: "GatewayTimeoutError",
    responseBody: expect.stringContaining("GatewayTimeout"),
  });
  const second = invoke("m-3");
  const call = await nextCall(client);
  client.send(reply(rid, 200, '"late"'), reply(call.rid, 200, '"in time"'));
  expect((await second).result).toEqual({ status: 200, payload: "in time" });
});

test("an answer that is no JSON is 502", async () => {
  await using client = await device("m-9");
  const calling = invoke("m-9");
  const { rid } = await nextCall(client);
  client.send(reply(rid, 200, "{"));
  await expect(calling).rejects.toMatchObject({ name: "BadDeviceResponseError" });
});

test("a device that does not come within the connect timeout, or does not listen, is 404103", async () => {
  await using _ = await device("m-4", false);
  await expect(invoke("m-4", { connectS: 0.1 })).rejects.toMatchObject({
    responseBody: expect.stringContaining("DeviceNotOnline"),
  });
});

test("an answer that is larger than a payload may be closes the connection", async () => {
  await using client = await device("m-5");
  const calling = invoke("m-5", { responseS: 0.1 });
  client.send(reply((await nextCall(client)).rid, 200, JSON.stringify("x".repeat(1024))));
  await client.closed;
  await expect(calling).rejects.toMatchObject({ name: "GatewayTimeoutError" });
});

test("a name that no topic can carry is refused", async () => {
  const name = "n".repeat(65_536);
  await expect(invoke("m-1", { name })).rejects.toMatchObject({ name: "ArgumentError" });
});

test("an answer that nests without end is 502, as one that is no JSON", async () => {
  await using client = await device("m-deep");
  const result = invoke("m-deep");
  const { rid } = await nextCall(client);
  const deep = "[".repeat(500) + "]".repeat(500);
  client.send(publishPacket(`$iothub/methods/res/200/?$rid=${rid}`, deep, { qos: 0 }));
  await expect(result).rejects.toMatchObject({ response: { statusCode: 502 } });
});
