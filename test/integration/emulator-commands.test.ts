import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import iotCommon from "azure-iot-common";
import type { Packet } from "mqtt-packet";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { EmulatorLimits } from "../../src/emulator/defaults.ts";
import { formatSasToken } from "../support/sas-token.ts";
import { enrollGroup } from "./emulator-service-clients.ts";
import type { DeviceKeys, TestEmulator, WireClient } from "./emulator-wire.ts";
import {
  HUB,
  emulatorForTest,
  openHub,
  pubackOf,
  register,
  subscribePacket,
} from "./emulator-wire.ts";

const { ConnectionString } = iotCommon;
const ID = "cave";
const FILTER = `devices/${ID}/messages/devicebound/#`;
const HOUR_MS = 3_600_000;

let nowMs: number;
beforeEach(() => {
  nowMs = Date.now();
});

/** An emulator with one device in its hub, whose clock stands still unless a test moves it. */
class World implements AsyncDisposable {
  readonly test: TestEmulator;
  readonly keys: DeviceKeys;

  private constructor(started: TestEmulator, keys: DeviceKeys) {
    this.test = started;
    this.keys = keys;
  }

  static async start(options: Partial<EmulatorLimits> = {}, clock = () => nowMs): Promise<World> {
    const started = await emulatorForTest({ ...options, clock });
    await enrollGroup(started);
    const keys = await started.pki.leaf(ID);
    await register(started, ID, keys);
    return new World(started, keys);
  }

  /** The device, listening at `qos`. */
  async listen(qos: 0 | 1 = 1, clean = true): Promise<WireClient> {
    const client = await openHub(this.test, ID, this.keys, { clean });
    await subscribe(client, qos);
    return client;
  }

  async send(body: string, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    const path = `/devices/${ID}/messages/devicebound`;
    const { status } = await this.#ask("POST", path, headers, body);
    if (status !== 201) throw new Error(`sending was answered ${status}`);
  }

  /** How many messages wait, by the identity registry. */
  async pending(): Promise<unknown> {
    const { body } = await this.#ask("GET", `/devices/${ID}`);
    const identity: Record<string, unknown> = JSON.parse(body);
    return identity["cloudToDeviceMessageCount"];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.test.emulator.stop();
  }

  /** By hand, since Microsoft's client has a clock of its own. */
  async #ask(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    sent = "",
  ): Promise<{ readonly status: number | undefined; readonly body: string }> {
    const { emulator, pki } = this.test;
    const given = ConnectionString.parse(emulator.hubConnectionStrings[0] ?? "");
    const { SharedAccessKeyName: name, SharedAccessKey: key = "" } = given;
    const token = formatSasToken(HUB, { name, key }, Math.ceil(nowMs / 1000) + 60);
    const asking = request({
      host: emulator.host,
      port: emulator.httpsPort,
      servername: HUB,
      ca: pki.root.certificatePem,
      method,
      path: `${path}?api-version=2021-04-12`,
      headers: { ...headers, host: HUB, authorization: token },
    });
    asking.end(sent);
    const [answer]: IncomingMessage[] = await once(asking, "response");
    if (answer === undefined) throw new Error("no answer");
    return { status: answer.statusCode, body: await text(answer) };
  }
}

let world: World | undefined;
afterEach(async () => {
  await world?.[Symbol.asyncDispose]();
  world = undefined;
});

async function subscribe(client: WireClient, qos: 0 | 1 = 1): Promise<void> {
  client.send(subscribePacket(FILTER, qos, 7));
  expect(await client.next()).toMatchObject({ cmd: "suback", granted: [qos] });
}

/** A message that has been sent to the device. */
async function nextMessage(client: WireClient): Promise<Packet & { cmd: "publish" }> {
  const packet = await client.next();
  if (packet.cmd !== "publish") throw new Error(`expected a publish, got ${packet.cmd}`);
  return packet;
}

/** Nothing came up to now: what was sent before the ping would stand before its answer. */
async function expectNothing(client: WireClient): Promise<void> {
  client.send({ cmd: "pingreq" });
  expect(await client.next()).toMatchObject({ cmd: "pingresp" });
}

test("what a lost connection left unacknowledged is sent again when its lock ends, marked as a duplicate", async () => {
  world = await World.start();
  {
    await using first = await world.listen(1, false);
    await world.send("once");
    await nextMessage(first);
  }
  await using second = await openHub(world.test, ID, world.keys, { clean: false });
  nowMs += 59_999;
  await expectNothing(second);
  expect(await world.pending()).toBe(1);
  nowMs += 1;
  await subscribe(second);
  const again = await nextMessage(second);
  expect(again).toMatchObject({ dup: true, qos: 1 });
  expect(again.payload.toString()).toBe("once");
  second.send(pubackOf(again));
  await expectNothing(second);
  expect(await world.pending()).toBe(0);
});

test("or at once when the device is back, if the emulator is told so", async () => {
  world = await World.start({ commandRedelivery: "reconnect" });
  const first = await world.listen(1, false);
  await world.send("one");
  await world.send("two");
  const [one, two] = [await nextMessage(first), await nextMessage(first)];
  // The newer connection takes over.
  await using second = await openHub(world.test, ID, world.keys, { clean: false });
  await first.closed;
  for (const before of [one, two])
    expect(await nextMessage(second)).toMatchObject({
      messageId: before.messageId,
      topic: before.topic,
      dup: true,
    });
  second.send(pubackOf(one), pubackOf(two));
  await expectNothing(second);
  expect(await world.pending()).toBe(0);
});

test("a device that does not acknowledge gets the message again and again, under the same id", async () => {
  world = await World.start({ commandLockMs: 20 }, Date.now);
  await using client = await world.listen();
  await world.send("again");
  const first = await nextMessage(client);
  expect(first.dup).toBe(false);
  for (let round = 0; round < 3; round++)
    expect(await nextMessage(client)).toMatchObject({ messageId: first.messageId, dup: true });
});

test("a lock that ends while the hub is at work is one that has ended", async () => {
  // Between any two looks at the clock more time passes than a lock lasts.
  world = await World.start({ commandLockMs: 20 }, () => (nowMs += 25));
  await using client = await world.listen();
  await world.send("again");
  const first = await nextMessage(client);
  expect(await nextMessage(client)).toMatchObject({ messageId: first.messageId, dup: true });
  await world.send("second");
  const seen = new Set([first.messageId]);
  while (seen.size < 2) seen.add((await nextMessage(client)).messageId);
  expect(await nextMessage(client)).toMatchObject({ dup: true });
});

test("where deliveries count, a message is given up after the last one", async () => {
  world = await World.start(
    { commandLockMs: 20, commandDeliveryCounts: "everyDelivery", commandDeliveryCountMax: 2 },
    Date.now,
  );
  await using client = await world.listen();
  await world.send("refused");
  await nextMessage(client);
  await nextMessage(client);
  await world.send("next");
  const last = await nextMessage(client);
  expect(last.payload.toString()).toBe("next");
});

test("a message lives an hour unless it says otherwise, and two days at most", async () => {
  world = await World.start();
  const inDays = (days: number) => new Date(nowMs + days * 24 * HOUR_MS).toISOString();
  await world.send("default");
  await world.send("a day", { "iothub-expiry": inDays(1) });
  await world.send("a year", { "iothub-expiry": inDays(365) });
  nowMs += HOUR_MS - 1;
  expect(await world.pending()).toBe(3);
  nowMs += 1;
  expect(await world.pending()).toBe(2);
  nowMs += 23 * HOUR_MS;
  expect(await world.pending()).toBe(1);
  nowMs += 24 * HOUR_MS;
  expect(await world.pending()).toBe(0);
  await using client = await world.listen();
  await expectNothing(client);
});

test("an expired message takes no place in the queue", async () => {
  world = await World.start({ commandQueueDepthMax: 1, commandTtlMs: 0 });
  await world.send("first");
  await world.send("second");
  expect(await world.pending()).toBe(0);
});

test("a device that subscribed at QoS 0 gets its messages unacknowledged, and once", async () => {
  world = await World.start();
  await using client = await world.listen(0);
  await world.send("gone");
  expect(await nextMessage(client)).toMatchObject({ qos: 0, dup: false });
  expect(await world.pending()).toBe(0);
});

test("acknowledging what was never sent changes nothing", async () => {
  world = await World.start();
  await using client = await world.listen();
  await world.send("mine");
  const message = await nextMessage(client);
  client.send({ cmd: "puback", messageId: 4711 });
  await expectNothing(client);
  expect(await world.pending()).toBe(1);
  client.send(pubackOf(message), pubackOf(message));
  await expectNothing(client);
  expect(await world.pending()).toBe(0);
});
