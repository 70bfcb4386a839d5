import { once } from "node:events";
import type { Socket } from "node:net";
import { connect as tcpConnect } from "node:net";
import { connect as tlsConnect } from "node:tls";
import fc from "fast-check";
import { generate } from "mqtt-packet";
import { afterAll, beforeAll, expect, test } from "vitest";
import { enrollGroup } from "./emulator-service-clients.ts";
import type { DeviceKeys, TestEmulator } from "./emulator-wire.ts";
import {
  DPS,
  HUB,
  WireClient,
  connectPacket,
  dpsUserName,
  emulatorForTest,
  hubUserName,
  openDps,
  openHub,
  publishPacket,
  register,
  subscribePacket,
} from "./emulator-wire.ts";

/** 256 MiB less one byte: the largest remaining length that MQTT can write. */
const HUGE = Buffer.from([0xff, 0xff, 0xff, 0x7f]);

let world: TestEmulator;
let keys: DeviceKeys;
beforeAll(async () => {
  world = await emulatorForTest({ connectTimeoutMs: 300 });
  await enrollGroup(world);
  keys = await world.pki.leaf("h-1");
  await register(world, "h-1", keys);
});
afterAll(() => world.emulator.stop());

/** A TCP connection on which nothing was said yet; `closed` tells the bytes that came. */
async function rawConnection(
  port: number,
): Promise<{ readonly socket: Socket; readonly closed: Promise<Buffer> }> {
  const socket = tcpConnect(port, world.emulator.host);
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.on("error", () => {});
  const closed = new Promise<Buffer>((resolve) => {
    socket.once("close", () => resolve(Buffer.concat(chunks)));
  });
  await once(socket, "connect");
  return { socket, closed };
}

async function isServed(): Promise<void> {
  await using device = await openHub(world, "h-1", keys);
  device.send(publishPacket("devices/h-1/messages/events/", "x"));
  expect(await device.next()).toMatchObject({ cmd: "puback" });
}

test.for([
  ["publish", 0x30],
  ["subscribe", 0x82],
  ["unsubscribe", 0xa2],
] as const)("a %s that announces 256 MiB closes the connection at its header", async ([, byte]) => {
  const header = Buffer.concat([Buffer.of(byte), HUGE]);
  await using atHub = await openHub(world, "h-1", keys);
  void atHub.write(header);
  await expect(atHub.next()).rejects.toThrow("the connection was closed");
  await using atDps = await openDps(world, "h-1", keys);
  void atDps.write(header);
  await expect(atDps.next()).rejects.toThrow("the connection was closed");
});

test("a CONNECT that announces 256 MiB closes the connection at its header", async () => {
  await using client = await WireClient.open(world, { servername: HUB, keys });
  void client.write(Buffer.concat([Buffer.of(0x10), HUGE]));
  await expect(client.next()).rejects.toThrow("the connection was closed");
});

test("a message of exactly 256 KB is taken, whatever the chunks in which it comes", async () => {
  await using device = await openHub(world, "h-1", keys);
  const topic = "devices/h-1/messages/events/";
  const packet = generate(publishPacket(topic, Buffer.alloc(256 * 1024), { messageId: 5 }));
  for (let at = 0; at < packet.length; at += 10_007)
    void device.write(packet.subarray(at, at + 10_007));
  expect(await device.next()).toMatchObject({ cmd: "puback", messageId: 5 });
});

test("a CONNECT that comes byte by byte is understood", async () => {
  await using client = await WireClient.open(world, { servername: HUB, keys });
  for (const byte of generate(connectPacket("h-1", hubUserName("h-1"))))
    void client.write(Buffer.of(byte));
  expect(await client.next()).toMatchObject({ cmd: "connack", returnCode: 0 });
});

test("a CONNECT that never ends is closed after its time", async () => {
  await using client = await WireClient.open(world, { servername: DPS, keys });
  void client.write(generate(connectPacket("h-1", dpsUserName("h-1"))).subarray(0, 20));
  await client.closed;
  expect(client.received).toEqual([]);
});

test("a TLS handshake that never begins is closed after its time", async () => {
  const { closed } = await rawConnection(world.emulator.mqttPort);
  expect((await closed).length).toBe(0);
});

test.for([
  ["text", "no HTTP\r\n\r\n", 400],
  ["an unknown verb", `BREW /devices HTTP/1.1\r\nHost: ${HUB}\r\n\r\n`, 400],
  ["bytes of MQTT", "\u0010\u000c\u0000\u0004MQTT\u0004\u0002\u0000\u0000\u0000\u0000", 400],
  ["headers over 16 KB", `GET / HTTP/1.1\r\nHost: ${HUB}\r\nX: ${"x".repeat(20_000)}`, 431],
] as const)(
  "%s at the HTTPS port gets a status and the connection's end",
  async ([, sent, status]) => {
    const { emulator, pki } = world;
    const ca = pki.root.certificatePem;
    const { host, httpsPort: port } = emulator;
    const socket = tlsConnect({ host, port, servername: HUB, ca });
    socket.on("error", () => {});
    socket.write(sent);
    const chunks: Uint8Array[] = [];
    socket.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    await once(socket, "close");
    const [head, body] = Buffer.concat(chunks).toString().split("\r\n\r\n");
    expect(head).toMatch(`HTTP/1.1 ${status} `);
    expect(body).toBe("");
  },
);

test("a refused client that goes on sending is cut off after its time", async () => {
  const userName = hubUserName("h-1", "unknown-hub.azure-devices.net");
  const options = {
    host: world.emulator.host,
    port: world.emulator.mqttPort,
    servername: HUB,
    ca: world.pki.root.certificatePem,
    // Keeps its own side open when the emulator closes; Node's types do not know it here.
    allowHalfOpen: true,
  };
  const socket = tlsConnect(options);
  socket.on("error", () => {});
  await once(socket, "secureConnect");
  socket.write(generate(connectPacket("h-1", userName)));
  const [connack] = await once(socket, "data");
  expect([...connack]).toEqual([0x20, 2, 0, 5]);
  while (!socket.destroyed)
    await new Promise<void>((resolve) => socket.write(Buffer.alloc(1), () => resolve()));
});

test("a device that asks and never reads the answers is closed", async () => {
  await using reader = await openHub(world, "h-1", keys);
  const big = Object.fromEntries(Array.from({ length: 7 }, (_, n) => [`k${n}`, "x".repeat(4000)]));
  reader.send(publishPacket("$iothub/twin/PATCH/properties/reported/?$rid=1", JSON.stringify(big)));
  expect(await reader.next()).toMatchObject({ cmd: "puback" });
  const socket = tlsConnect({
    host: world.emulator.host,
    port: world.emulator.mqttPort,
    servername: HUB,
    ca: world.pki.root.certificatePem,
    cert: keys.fullChainPem,
    key: keys.privateKeyPem,
  });
  socket.on("error", () => {});
  await once(socket, "secureConnect");
  const asks = Array.from({ length: 100 }, () =>
    generate(publishPacket("$iothub/twin/GET/?$rid=1", "", { qos: 0 })),
  );
  socket.write(generate(connectPacket("h-1", hubUserName("h-1"))));
  socket.write(generate(subscribePacket("$iothub/twin/res/#", 0)));
  let asked = 0;
  while (!socket.destroyed) {
    await new Promise<void>((resolve) => socket.write(Buffer.concat(asks), () => resolve()));
    asked += asks.length;
  }
  // Of 28 kB an answer, far fewer than these would fill what is allowed to lie.
  expect(asked).toBeLessThan(50_000);
});

test.for([
  ["a second CONNECT", connectPacket("h-1", hubUserName("h-1"))],
  ["a packet that only servers send", { cmd: "pingresp" }],
  ["a PUBREL of nothing", { cmd: "pubrel", messageId: 1 }],
  ["a PUBREC of nothing", { cmd: "pubrec", messageId: 1 }],
  ["a PUBCOMP of nothing", { cmd: "pubcomp", messageId: 1 }],
  ["a publish without a topic", publishPacket("", "x")],
  ["a publish to a wildcard", publishPacket("devices/h-1/messages/events/#", "x")],
  ["a subscription of nothing", { cmd: "subscribe", messageId: 1, subscriptions: [] }],
] as const)("%s closes the connection of a device", async ([, packet]) => {
  await using device = await openHub(world, "h-1", keys);
  if (packet.cmd === "subscribe") void device.write(Buffer.from([0x82, 2, 0, 1]));
  else if (packet.cmd === "publish" && packet.topic === "")
    void device.write(Buffer.from([0x30, 3, 0, 0, 0x78]));
  else device.send(packet);
  await device.closed;
  expect(device.received.map(({ cmd }) => cmd)).toEqual(["connack"]);
});

test("a request id that is too long to be echoed closes the connection", async () => {
  await using atHub = await openHub(world, "h-1", keys);
  atHub.send(subscribePacket("$iothub/twin/res/#", 0));
  await atHub.next();
  atHub.send(publishPacket("$iothub/twin/GET/?$rid=".padEnd(65_535, "r"), "", { qos: 0 }));
  await atHub.closed;
  expect(atHub.received.map(({ cmd }) => cmd)).toEqual(["connack", "suback"]);
  await using atDps = await openDps(world, "h-1", keys);
  const topic = "$dps/registrations/PUT/iotdps-register/?$rid=".padEnd(65_535, "r");
  atDps.send(publishPacket(topic, "", { qos: 0 }));
  await atDps.closed;
  expect(atDps.received.map(({ cmd }) => cmd)).toEqual(["connack", "suback"]);
});

test("what is no MQTT closes its connection, before and after CONNECT, and harms nobody else", async () => {
  const [first, ...rest] = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 40 }), 30);
  const bytes = [first ?? new Uint8Array(1), ...rest].map((sample) => Buffer.from(sample));
  await Promise.all(
    bytes.map(async (garbage) => {
      await using client = await WireClient.open(world, { servername: HUB, keys });
      void client.write(garbage);
      await client.closed;
      expect(client.received).toEqual([]);
    }),
  );
  // Behind CONNECT an unfinished packet may wait for its rest: 0xf0 ends every one, being no packet type here.
  for (const garbage of bytes.slice(0, 10)) {
    await using device = await openHub(world, "h-1", keys);
    void device.write(Buffer.concat([Buffer.of(0xf0, 0x00), garbage]));
    await device.closed;
  }
  await isServed();
});

test("a client without CONNECT gets nothing", async () => {
  await using client = await WireClient.open(world, { servername: HUB, keys });
  client.send(subscribePacket("$iothub/twin/res/#"));
  await client.closed;
  expect(client.received).toEqual([]);
});

test("plain HTTP on the service port gets no HTTP answer", async () => {
  const { socket, closed } = await rawConnection(world.emulator.httpsPort);
  socket.write(`GET /devices HTTP/1.1\r\nHost: ${HUB}\r\n\r\n`);
  expect((await closed).toString("latin1")).not.toContain("HTTP/");
});

test("stopping closes connections in every phase on both ports, and stopping again is safe", async () => {
  const own = await emulatorForTest();
  await enrollGroup(own);
  const ownKeys = await own.pki.leaf("h-2");
  await register(own, "h-2", ownKeys);
  const { mqttPort, httpsPort } = own.emulator;
  const silent = await Promise.all(
    Array.from({ length: 40 }, (_, n) => rawConnection(n % 2 === 0 ? mqttPort : httpsPort)),
  );
  await using handshaken = await WireClient.open(own, { servername: HUB, keys: ownKeys });
  await using atDps = await openDps(own, "h-2", ownKeys);
  await using atHub = await openHub(own, "h-2", ownKeys);
  // Its limits of 30 s and more for connections without a handshake must not hold it up: the test has 30 s in all.
  await Promise.all([own.emulator.stop(), own.emulator.stop()]);
  await own.emulator.stop();
  for (const { closed } of silent) await closed;
  for (const client of [handshaken, atDps, atHub]) await client.closed;
  const again = tcpConnect(mqttPort, own.emulator.host);
  const [error] = await once(again, "error");
  expect(error).toMatchObject({ code: "ECONNREFUSED" });
});
