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

test("a method's payload arrives as JSON, and null or none as null", async () => {
  await using client = await device("m-1");
  for (const [payload, body] of [
    [{ a: [1, "ü"] }, '{"a":[1,"ü"]}'],
    ["text", '"text"'],
    [0, "0"],
    [null, "null"],
    [undefined, "null"],
  ] as const) {
    const calling = invoke("m-1", { payload });
    const call = await nextCall(client);
    expect(call.body).toBe(body);
    client.send(reply(call.rid, 200, ""));
    expect((await calling).result).toEqual({ status: 200, payload: null });
  }
});

test("a device's status comes back as it is, with HTTP 200, whatever it means", async () => {
  await using client = await device("m-2");
  for (const [status, body, payload] of [
    [500, '{"why":"broken"}', { why: "broken" }],
    [404, "null", null],
    [-1, "[1]", [1]],
  ] as const) {
    const calling = invoke("m-2");
    const { rid } = await nextCall(client);
    client.send(reply(rid, status, body));
    expect((await calling).result).toEqual({ status, payload });
  }
});

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

test("a device that listens only later is waited for, and one that is not there is 404103", async () => {
  await using client = await device("m-4", false);
  await expect(invoke("m-4")).rejects.toMatchObject({
    responseBody: expect.stringContaining("DeviceNotOnline"),
  });
  await expect(invoke("m-4", { connectS: 0.1 })).rejects.toMatchObject({
    responseBody: expect.stringContaining("DeviceNotOnline"),
  });
  const calling = invoke("m-4", { connectS: 20 });
  await listen(client);
  const { rid } = await nextCall(client);
  client.send(reply(rid, 201, "1"));
  expect((await calling).result).toEqual({ status: 201, payload: 1 });
});

test("a device that unsubscribed is not there for methods any more", async () => {
  await using client = await device("m-5");
  client.send({
    cmd: "unsubscribe",
    messageId: 9,
    unsubscriptions: ["$iothub/methods/POST/#"],
  });
  expect(await client.next()).toMatchObject({ cmd: "unsuback", messageId: 9 });
  await expect(invoke("m-5")).rejects.toMatchObject({
    responseBody: expect.stringContaining("DeviceNotOnline"),
  });
});

test("parallel calls to one device are answered each by its own request id", async () => {
  await using client = await device("m-6");
  const calling = Array.from({ length: 20 }, (_, n) => invoke("m-6", { payload: n }));
  const calls = [];
  for (const _ of calling) calls.push(await nextCall(client));
  expect(new Set(calls.map(({ rid }) => rid)).size).toBe(20);
  client.send(...calls.toReversed().map(({ rid, body }) => reply(rid, 200, body)));
  const results = await Promise.all(calling);
  expect(results.map(({ result }) => result)).toEqual(
    calling.map((_, n) => ({ status: 200, payload: n })),
  );
});

test("a device cannot answer for another", async () => {
  await using client = await device("m-7");
  await using rival = await device("m-8");
  const calling = invoke("m-7");
  const { rid } = await nextCall(client);
  rival.send(reply(rid, 200, '"forged"'));
  const own = invoke("m-8");
  rival.send(reply((await nextCall(rival)).rid, 200, "1"));
  await own;
  client.send(reply(rid, 200, '"true"'));
  expect((await calling).result).toEqual({ status: 200, payload: "true" });
});

test("an answer that is no JSON is 502", async () => {
  await using client = await device("m-9");
  const calling = invoke("m-9");
  const { rid } = await nextCall(client);
  client.send(reply(rid, 200, "{"));
  await expect(calling).rejects.toMatchObject({ name: "BadDeviceResponseError" });
});

test.for([
  ["a bad name", { name: "a b" }],
  ["a time to answer below the range", { responseS: 0.01 }],
  ["a time to answer above the range", { responseS: 301 }],
  ["a time to connect above the range", { connectS: 301 }],
  ["a payload that is too large", { payload: "x".repeat(1024) }],
] as const)("a method call with %s is refused with 400", async ([, call]) => {
  await expect(invoke("m-1", call)).rejects.toMatchObject({ name: "ArgumentError" });
});

test("an answer that nests without end is 502, as one that is no JSON", async () => {
  await using client = await device("m-deep");
  const result = invoke("m-deep");
  const { rid } = await nextCall(client);
  const deep = "[".repeat(500) + "]".repeat(500);
  client.send(publishPacket(`$iothub/methods/res/200/?$rid=${rid}`, deep, { qos: 0 }));
  await expect(result).rejects.toMatchObject({ response: { statusCode: 502 } });
});
