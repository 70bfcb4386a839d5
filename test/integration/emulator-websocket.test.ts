import { once } from "node:events";
import { Agent, request } from "node:https";
import { afterAll, beforeAll, expect, test } from "vitest";
import { generate } from "mqtt-packet";
import type { Duplex } from "node:stream";
import { WebSocket, createWebSocketStream } from "ws";
import { readAllEvents } from "./emulator-events.ts";
import { enrollGroup, serviceClients } from "./emulator-service-clients.ts";
import type { DeviceKeys, TestEmulator } from "./emulator-wire.ts";
import {
  DPS,
  HUB,
  WireClient,
  connectPacket,
  dpsUserName,
  emulatorForTest,
  hubUserName,
  openHub,
  publishPacket,
  register,
} from "./emulator-wire.ts";

const PATH = "/$iothub/websocket";
const ID = "ws-1";
const TELEMETRY = `devices/${ID}/messages/events/`;

let world: TestEmulator;
let agent: Agent;
let keys: DeviceKeys;
beforeAll(async () => {
  world = await emulatorForTest({ connectTimeoutMs: 1000 });
  agent = agentOf(world);
  await enrollGroup(world);
  keys = await world.pki.leaf(ID);
  await register(world, ID, keys);
});
afterAll(async () => {
  agent.destroy();
  await world.emulator.stop();
});

const agentOf = ({ emulator, pki }: TestEmulator): Agent =>
  new Agent({ host: emulator.host, port: emulator.httpsPort, ca: pki.root.certificatePem });

interface Opened {
  readonly webSocket: WebSocket;
  readonly stream: Duplex;
  readonly client: WireClient;
}

/** A WebSocket under a host's name, with the device's certificate. */
async function open(
  more: { host?: string; path?: string; over?: Agent; keys?: DeviceKeys } = {},
): Promise<Opened> {
  const { fullChainPem, privateKeyPem } = more.keys ?? keys;
  const webSocket = new WebSocket(`wss://${more.host ?? HUB}${more.path ?? PATH}`, "mqtt", {
    agent: more.over ?? agent,
    cert: fullChainPem,
    key: privateKeyPem,
  });
  const stream = createWebSocketStream(webSocket);
  stream.once("end", () => stream.destroy());
  await once(webSocket, "open");
  return { webSocket, stream, client: WireClient.over(stream) };
}

async function openDevice(): Promise<Opened> {
  const opened = await open();
  opened.client.send(connectPacket(ID, hubUserName(ID)));
  expect(await opened.client.next()).toMatchObject({ cmd: "connack", returnCode: 0 });
  return opened;
}

/** How the emulator answers an upgrade that it does not take. */
async function refusedWith(path: string, protocols: readonly string[]): Promise<number> {
  const webSocket = new WebSocket(`wss://${HUB}${path}`, [...protocols], { agent });
  webSocket.on("error", () => {});
  const [, response] = await once(webSocket, "unexpected-response");
  webSocket.terminate();
  return response.statusCode;
}

test("an upgrade without the subprotocol mqtt is refused by 400, and on another path by 404", async () => {
  expect(await refusedWith(PATH, [])).toBe(400);
  expect(await refusedWith(PATH, ["amqp", "mqttv5"])).toBe(400);
  expect(await refusedWith("/", ["mqtt"])).toBe(404);
  expect(await refusedWith("/$iothub/websocket/more", ["mqtt"])).toBe(404);
});

test("an upgrade that is no WebSocket handshake is refused by 400", async () => {
  const asked = request({
    agent,
    host: HUB,
    path: PATH,
    headers: { connection: "upgrade", upgrade: "websocket", "sec-websocket-protocol": "mqtt" },
  });
  asked.end();
  const [response] = await once(asked, "response");
  expect(response.statusCode).toBe(400);
});

test("the path may have a query, and mqtt may stand among other subprotocols", async () => {
  const { webSocket, client } = await open({ path: `${PATH}?iothub-no-client-cert=true` });
  await using _ = client;
  expect(webSocket.protocol).toBe("mqtt");
  const other = new WebSocket(`wss://${HUB}${PATH}`, ["x", "mqtt"], { agent });
  await once(other, "open");
  expect(other.protocol).toBe("mqtt");
  other.terminate();
});

test("DPS and every hub are found by the user name, whatever the host name", async () => {
  const { client } = await open();
  await using _ = client;
  client.send(connectPacket(ID, dpsUserName(ID)));
  expect(await client.next()).toMatchObject({ returnCode: 0, sessionPresent: false });
});

const publish = (n: number): Buffer =>
  generate(publishPacket(TELEMETRY, `cut ${n}`, { messageId: n }));

test("packets may be cut into frames anywhere, and a frame may carry many", async () => {
  const { webSocket, client } = await open();
  await using _ = client;
  for (const byte of generate(connectPacket(ID, hubUserName(ID)))) webSocket.send(Buffer.of(byte));
  expect(await client.next()).toMatchObject({ cmd: "connack", returnCode: 0 });
  webSocket.send(Buffer.concat([publish(1), publish(2), publish(3).subarray(0, 5)]));
  const rest = publish(3).subarray(5);
  webSocket.send(rest.subarray(0, 3), { fin: false });
  webSocket.send(Buffer.alloc(0), { fin: false });
  webSocket.send(rest.subarray(3), { fin: true });
  for (const messageId of [1, 2, 3])
    expect(await client.next()).toMatchObject({ cmd: "puback", messageId });
});

test("a message of exactly 256 KB is taken, and a WebSocket ping is answered", async () => {
  const { webSocket, client } = await openDevice();
  await using _ = client;
  client.send(publishPacket(TELEMETRY, Buffer.alloc(256 * 1024), { messageId: 9 }));
  expect(await client.next()).toMatchObject({ cmd: "puback", messageId: 9 });
  const pong = once(webSocket, "pong");
  webSocket.ping("here");
  expect(String((await pong)[0])).toBe("here");
});

test("a text frame closes the connection, and is not looked at", async () => {
  const { webSocket, client } = await openDevice();
  await using _ = client;
  webSocket.send(generate(publishPacket(TELEMETRY, "as text", { qos: 0 })), { binary: false });
  await client.closed;
  const bodies = (await readAllEvents(world)).map((event) => event["body"]);
  expect(bodies).not.toContain("as text");
});

test("a WebSocket message larger than any MQTT packets need closes the connection", async () => {
  const { webSocket, client } = await openDevice();
  await using _ = client;
  const closed = once(webSocket, "close");
  webSocket.send(Buffer.alloc(4 * 1024 * 1024));
  // RFC 6455, 7.4.1: 1009 = too big.
  expect((await closed)[0]).toBe(1009);
});

test("what is no MQTT, and a CONNECT that never ends, close the connection", async () => {
  const garbage = await open();
  garbage.webSocket.send(Buffer.from("GET / HTTP/1.1\r\n"));
  await garbage.client.closed;
  const silent = await open();
  silent.webSocket.send(Buffer.of(0x10, 0x20));
  await silent.client.closed;
  expect(silent.client.received).toEqual([]);
});

test("a device that no hub knows gets CONNACK 5, and the connection is closed", async () => {
  for (const user of [hubUserName(ID, "unknown.azure-devices.net"), hubUserName("unknown")]) {
    const { client } = await open();
    client.send(connectPacket(ID, user));
    expect(await client.next()).toMatchObject({ cmd: "connack", returnCode: 5 });
    await client.closed;
  }
});

test("a certificate of strangers gets no further over WebSocket than over TCP", async () => {
  const strangers = await world.pki.leaf(ID, { signer: world.pki.otherRoot });
  const { client } = await open({ keys: strangers });
  client.send(connectPacket(ID, hubUserName(ID)));
  expect(await client.next()).toMatchObject({ cmd: "connack", returnCode: 5 });
});

test("a second connection evicts the first, from WebSocket to TCP and back", async () => {
  const first = await openDevice();
  await using second = await openHub(world, ID, keys);
  await first.client.closed;
  expect(first.client.received).toHaveLength(1);
  const third = await openDevice();
  await second.closed;
  await third.client[Symbol.asyncDispose]();
});

test("what a device sent before it closed its WebSocket is ingested, and the hub sees it go", async () => {
  const { webSocket, client } = await openDevice();
  client.send(publishPacket(TELEMETRY, "last words", { qos: 0 }));
  webSocket.close(1000);
  await client.closed;
  using clients = serviceClients(world);
  const state = async (): Promise<unknown> =>
    (await clients.registry.get(ID)).responseBody.connectionState;
  await expect.poll(state, { timeout: 10_000 }).toBe("Disconnected");
  const bodies = (await readAllEvents(world)).map((event) => event["body"]);
  expect(bodies).toContain("last words");
});

test("stopping closes WebSockets in every phase", async () => {
  const own = await emulatorForTest();
  const over = agentOf(own);
  const ownKeys = await own.pki.leaf(ID);
  await enrollGroup(own);
  await register(own, ID, ownKeys);
  const more = { over, keys: ownKeys };
  const silent = await open(more);
  const [atDps, atHub] = [await open({ ...more, host: DPS }), await open(more)];
  atDps.client.send(connectPacket(ID, dpsUserName(ID)));
  atHub.client.send(connectPacket(ID, hubUserName(ID)));
  for (const { client } of [atDps, atHub])
    expect(await client.next()).toMatchObject({ returnCode: 0 });
  await own.emulator.stop();
  for (const { client } of [silent, atDps, atHub]) await client.closed;
  over.destroy();
});
