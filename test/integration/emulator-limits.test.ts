import type { TLSSocket } from "node:tls";
import { connect } from "node:tls";
import { generate } from "mqtt-packet";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createLogger } from "../../src/base/log.ts";
import { enrollGroup } from "./emulator-service-clients.ts";
import type { DeviceKeys, TestEmulator } from "./emulator-wire.ts";
import {
  HUB,
  WireClient,
  connectPacket,
  emulatorForTest,
  hubUserName,
  openHub,
  publishPacket,
  register,
  subscribePacket,
} from "./emulator-wire.ts";

/** The limits that the log told of, in order. */
let told: string[] = [];
const destination = {
  write: (line: string) => {
    const { limit }: { limit?: string } = JSON.parse(line);
    if (limit !== undefined) told.push(limit);
  },
};
let nowMs = Date.now();
let world: TestEmulator;
let keys: DeviceKeys;
beforeAll(async () => {
  world = await emulatorForTest({
    log: createLogger({ level: "warn", destination }),
    // A minute later at every look: each hit of a limit is a burst of its own.
    clock: () => (nowMs += 60_000),
    sasClockSkewS: 1e9,
    connectionsMax: 16,
    connectsPendingMaxBytes: 100_000,
    subscribeFiltersMax: 4,
    unreadMaxBytes: 4_000_000,
    unreadTotalMaxBytes: 6_000_000,
    requestHeadMaxBytes: 4096,
  });
  await enrollGroup(world);
  keys = await world.pki.leaf("limit-1");
  await register(world, "limit-1", keys);
});
afterAll(() => world.emulator.stop());
beforeEach(() => {
  told = [];
});

/** A TLS connection to a port, of a device where asked; `closed` tells what was read of it. */
async function dialled(
  port: number,
  own?: DeviceKeys,
): Promise<{ readonly socket: TLSSocket; readonly closed: Promise<string> }> {
  const socket = connect({
    host: world.emulator.host,
    port,
    servername: HUB,
    ca: world.pki.root.certificatePem,
    ...(own === undefined ? {} : { cert: own.fullChainPem, key: own.privateKeyPem }),
  });
  socket.on("error", () => {});
  const chunks: Uint8Array[] = [];
  socket.on("data", (chunk: Uint8Array) => chunks.push(chunk));
  const closed = new Promise<string>((resolve) => {
    socket.once("close", () => resolve(Buffer.concat(chunks).toString("latin1")));
  });
  await Promise.race([new Promise((resolve) => socket.once("secureConnect", resolve)), closed]);
  return { socket, closed };
}

/** A device that works, whatever others do. */
async function isServed(): Promise<void> {
  await using device = await openHub(world, "limit-1", keys);
  device.send(publishPacket("devices/limit-1/messages/events/", "x"));
  expect(await device.next()).toMatchObject({ cmd: "puback" });
}

test("a port holds so many connections and no more, and those that it holds go on", async () => {
  await using device = await openHub(world, "limit-1", keys);
  for (const port of [world.emulator.mqttPort, world.emulator.httpsPort]) {
    told = [];
    const all = await Promise.all(Array.from({ length: 24 }, () => dialled(port)));
    const taken = all.filter(({ socket }) => socket.encrypted && !socket.destroyed);
    expect(taken.length).toBeGreaterThan(10);
    expect(taken.length).toBeLessThanOrEqual(16);
    expect(new Set(told)).toEqual(new Set(["connectionsMax"]));
    device.send(publishPacket("devices/limit-1/messages/events/", "x"));
    expect(await device.next()).toMatchObject({ cmd: "puback" });
    for (const { socket } of all) socket.destroy();
    for (const { closed } of all) await closed;
  }
});

test("CONNECTs that never end take no more memory than all may, and the largest goes first", async () => {
  const begun = generate(
    connectPacket("limit-1", hubUserName("limit-1"), {
      will: { topic: "devices/limit-1/messages/events/", payload: "x".repeat(60_000) },
      password: Buffer.alloc(60_000),
    }),
  );
  await using small = await WireClient.open(world, { servername: HUB, keys });
  await using large = await WireClient.open(world, { servername: HUB, keys });
  void small.write(begun.subarray(0, 40_000));
  void large.write(begun.subarray(0, 90_000));
  await large.closed;
  expect(told).toContain("connectsPendingMaxBytes");
  await isServed();
});

const subscribeTo = (count: number) => ({
  cmd: "subscribe" as const,
  messageId: 1,
  subscriptions: Array.from({ length: count }, () => ({
    topic: "$iothub/twin/res/#",
    qos: 0 as const,
  })),
});

test("a SUBSCRIBE of more filters than allowed closes the connection, one of as many does not", async () => {
  await using device = await openHub(world, "limit-1", keys);
  device.send(subscribeTo(4));
  expect(await device.next()).toMatchObject({ cmd: "suback" });
  device.send(subscribeTo(5));
  await device.closed;
  expect(told).toEqual(["subscribeFiltersMax"]);
  await using other = await openHub(world, "limit-1", keys);
  const unsubscriptions = Array.from({ length: 5 }, () => "$iothub/twin/res/#");
  other.send({ cmd: "unsubscribe", messageId: 1, unsubscriptions });
  await other.closed;
});

/** A connection that is subscribed to the answers of twins, and on which nothing is read any more. */
async function deafDevice(id: string, own: DeviceKeys): ReturnType<typeof dialled> {
  const connection = await dialled(world.emulator.mqttPort, own);
  const { socket } = connection;
  socket.write(generate(connectPacket(id, hubUserName(id))));
  await new Promise((resolve) => socket.once("data", resolve));
  socket.pause();
  socket.write(generate(subscribePacket("$iothub/twin/res/#", 0)));
  return connection;
}

/** Fills the device's reported properties, so that an answer has 28 kB. */
async function fillTwin(id: string, own: DeviceKeys): Promise<void> {
  await using device = await openHub(world, id, own);
  const big = Object.fromEntries(Array.from({ length: 7 }, (_, n) => [`k${n}`, "x".repeat(4000)]));
  device.send(publishPacket("$iothub/twin/PATCH/properties/reported/?$rid=1", JSON.stringify(big)));
  expect(await device.next()).toMatchObject({ cmd: "puback" });
}

const TWIN_GET = generate(publishPacket("$iothub/twin/GET/?$rid=1", "", { qos: 0 }));

test("devices that ask and do not read are closed before all of them hold too much", async () => {
  const ids = ["deaf-1", "deaf-2", "deaf-3", "deaf-4"];
  const deaf = await Promise.all(
    ids.map(async (id) => {
      const own = await world.pki.leaf(id);
      await register(world, id, own);
      await fillTwin(id, own);
      return await deafDevice(id, own);
    }),
  );
  const asks = Buffer.concat(Array.from({ length: 70 }, () => TWIN_GET));
  // What the kernel takes is not held; of what is, each burst is within a device's own part, and four are over all's.
  for (let rounds = 0; told.length === 0 && rounds < 30; rounds++) {
    for (const { socket } of deaf) socket.write(asks);
    await isServed();
  }
  expect(told).toEqual(["unreadTotalMaxBytes"]);
  await isServed();
  for (const { socket } of deaf) socket.destroy();
});

test("a request whose head is longer than allowed is refused with 431, and told", async () => {
  const { socket, closed } = await dialled(world.emulator.httpsPort);
  socket.write(`GET /devices HTTP/1.1\r\nHost: ${HUB}\r\nX: ${"x".repeat(5000)}`);
  expect(await closed).toMatch(/^HTTP\/1.1 431 /);
  expect(told).toEqual(["requestHeadMaxBytes"]);
});
