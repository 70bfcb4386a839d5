import type { Message } from "azure-iot-device";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { WireClient } from "../integration/emulator-wire.ts";
import { pubackOf } from "../integration/emulator-wire.ts";
import { postCommand, sendCommand } from "./support/commands.ts";
import { hubDevice } from "./support/hub-device.ts";
import type { CertifiedDevice } from "./support/hub-wire.ts";
import { certifiedDevice, subscribe, wireDevice } from "./support/hub-wire.ts";
import { askHub } from "./support/service-call.ts";
import type { Target } from "./support/target.ts";
import { HAS_MANAGEMENT, conformanceTarget } from "./support/target.ts";

let target: Target;
beforeAll(async () => {
  target = await conformanceTarget();
});
afterAll(() => target[Symbol.asyncDispose]());

const filterOf = ({ id }: CertifiedDevice): string => `devices/${id}/messages/devicebound/#`;

/** Takes the next message, which comes at QoS 1, and acknowledges it. */
async function receive(client: WireClient): Promise<{ topic: string; body: string }> {
  const packet = await client.next();
  if (packet.cmd !== "publish") throw new Error(`expected a publish, got ${packet.cmd}`);
  expect(packet).toMatchObject({ qos: 1, dup: false, retain: false });
  client.send(pubackOf(packet));
  return { topic: packet.topic, body: packet.payload.toString() };
}

/** How many messages wait, when all that the device sent has arrived. */
async function pending(client: WireClient, { id }: CertifiedDevice): Promise<number> {
  client.send({ cmd: "pingreq" });
  expect(await client.next()).toMatchObject({ cmd: "pingresp" });
  return countOf(id);
}

const send = (id: string, headers: Readonly<Record<string, string>>, body = "x") =>
  askHub(target, { method: "POST", path: `/devices/${id}/messages/devicebound`, headers, body });

async function countOf(id: string): Promise<number> {
  const { responseBody } = await target.clients.registry.get(id);
  return Number(Reflect.get(responseBody, "cloudToDeviceMessageCount"));
}

describe("receiving cloud-to-device messages (Microsoft Learn, Communicate with an IoT hub using MQTT)", () => {
  test("a device gets its messages, in order, with the properties that their sender set", async () => {
    await using my = target.entries();
    const { id, keys } = await certifiedDevice(target, my, "c2d");
    await using device = await hubDevice(target, id, keys);
    const received: Message[] = [];
    const both = new Promise<void>((resolve) => {
      device.client.on("message", (message: Message) => {
        received.push(message);
        if (received.length === 2) resolve();
      });
    });
    await sendCommand(target, id, {
      body: '{"fan":"off"}',
      messageId: "m 1&2",
      correlationId: "c=3",
      ack: "none",
      properties: { room: "cellar & attic", empty: "" },
    });
    await sendCommand(target, id, { body: "second", messageId: "second" });
    await both;
    const [first, second] = received;
    expect(first?.getData()).toEqual(Buffer.from('{"fan":"off"}'));
    expect(first).toMatchObject({ messageId: "m 1&2", correlationId: "c=3" });
    expect(first?.to.toLowerCase()).toBe(`/devices/${id}/messages/devicebound`.toLowerCase());
    expect(first?.properties.getValue("room")).toBe("cellar & attic");
    expect(first?.properties.getValue("empty")).toBe("");
    expect(second?.messageId).toBe("second");
  });

  test("the topic ends with the properties: a name without value stands alone, an empty value has its =", async () => {
    await using my = target.entries();
    const known = await certifiedDevice(target, my, "bag");
    await using device = await wireDevice(target, known);
    await subscribe(device, [filterOf(known)], 1);
    await sendCommand(target, known.id, {
      body: "x",
      messageId: "m",
      properties: { empty: "", "a+b": "c=d" },
    });
    const { topic } = await receive(device);
    const [, bag = ""] = topic.split("/messages/devicebound/");
    const parts = bag.split("&").map((part) => part.replace("$", "%24"));
    expect(parts).toContain("%24.mid=m");
    expect(parts).toContain("empty=");
    expect(parts).toContain("a%2Bb=c%3Dd");
    expect(parts.find((part) => part.startsWith("%24.to="))?.toLowerCase()).toBe(
      `%24.to=${encodeURIComponent(`/devices/${known.id}/messages/devicebound`)}`.toLowerCase(),
    );
  });

  test("a session that is kept keeps the subscription: what came meanwhile is there at the next connection", async () => {
    await using my = target.entries();
    const known = await certifiedDevice(target, my, "kept");
    {
      await using first = await wireDevice(target, known, { clean: false });
      await subscribe(first, [filterOf(known)], 1);
    }
    await sendCommand(target, known.id, { body: "1" });
    await sendCommand(target, known.id, { body: "2" });
    await using second = await wireDevice(target, known, { clean: false });
    expect((await receive(second)).body).toBe("1");
    expect((await receive(second)).body).toBe("2");
  });

  test("after a clean connect messages come only when the device has subscribed again", async () => {
    await using my = target.entries();
    const known = await certifiedDevice(target, my, "clean");
    {
      await using first = await wireDevice(target, known, { clean: false });
      await subscribe(first, [filterOf(known)], 1);
    }
    await sendCommand(target, known.id, { body: "waits" });
    await using second = await wireDevice(target, known, { clean: true });
    expect(await pending(second, known)).toBe(1);
    await subscribe(second, [filterOf(known)], 1);
    expect((await receive(second)).body).toBe("waits");
  });

  test("a device that unsubscribed gets no more, and keeps what comes for it", async () => {
    await using my = target.entries();
    const known = await certifiedDevice(target, my, "unsubscribed");
    await using device = await wireDevice(target, known);
    await subscribe(device, [filterOf(known)], 1);
    device.send({ cmd: "unsubscribe", messageId: 3, unsubscriptions: [filterOf(known)] });
    expect(await device.next()).toMatchObject({ cmd: "unsuback", messageId: 3 });
    await sendCommand(target, known.id, { body: "later" });
    expect(await pending(device, known)).toBe(1);
    await subscribe(device, [filterOf(known)], 1);
    expect((await receive(device)).body).toBe("later");
  });
});

describe("the life of a message (Microsoft Learn, Send cloud-to-device messages from an IoT hub)", () => {
  test("a message stays pending until the device's PUBACK completes it", async () => {
    await using my = target.entries();
    const known = await certifiedDevice(target, my, "completed");
    await using device = await wireDevice(target, known);
    await subscribe(device, [filterOf(known)], 1);
    await sendCommand(target, known.id, { body: "x" });
    const packet = await device.next();
    expect(packet).toMatchObject({ cmd: "publish", qos: 1 });
    expect(await countOf(known.id)).toBe(1);
    device.send(pubackOf(packet));
    expect(await pending(device, known)).toBe(0);
  });

  test("the twin and the identity tell how many messages are pending", async () => {
    await using my = target.entries();
    const { id } = await certifiedDevice(target, my, "counted");
    for (const body of ["1", "2", "3"]) await sendCommand(target, id, { body });
    expect(await countOf(id)).toBe(3);
    const { responseBody: twin } = await target.clients.registry.getTwin(id);
    expect(twin).toMatchObject({ cloudToDeviceMessageCount: 3 });
  });

  test("a queue holds 50 messages, and the next one is refused as DeviceMaximumQueueDepthExceeded", async () => {
    await using my = target.entries();
    const { id } = await certifiedDevice(target, my, "full");
    for (let n = 0; n < 50; n++) await sendCommand(target, id, { body: String(n) });
    await expect(sendCommand(target, id, { body: "one more" })).rejects.toThrow(
      /DeviceMaximumQueueDepthExceeded|messages on the queue/,
    );
    expect(await countOf(id)).toBe(50);
  });

  test("a message whose expiry is over is not delivered", async () => {
    await using my = target.entries();
    const known = await certifiedDevice(target, my, "expired");
    const expiryTimeUtc = new Date(Date.now() - 60_000).toISOString();
    await sendCommand(target, known.id, { body: "too late", expiryTimeUtc });
    await sendCommand(target, known.id, { body: "in time" });
    await using device = await wireDevice(target, known);
    await subscribe(device, [filterOf(known)], 1);
    expect((await receive(device)).body).toBe("in time");
  });

  test("a purge deletes all pending messages and tells how many they were", async () => {
    await using my = target.entries();
    const { id } = await certifiedDevice(target, my, "purged");
    await sendCommand(target, id, { body: "1" });
    await sendCommand(target, id, { body: "2" });
    const path = `/devices/${id}/commands`;
    const purged = await askHub(target, { method: "DELETE", path });
    expect(purged.status).toBe(200);
    expect(JSON.parse(purged.body)).toMatchObject({ deviceId: id, totalMessagesPurged: 2 });
    expect(await countOf(id)).toBe(0);
    const again = await askHub(target, { method: "DELETE", path });
    expect(JSON.parse(again.body)).toMatchObject({ totalMessagesPurged: 0 });
  });

  test("a disabled device keeps its messages, a deleted one does not", async () => {
    await using my = target.entries();
    const known = await certifiedDevice(target, my, "disabled");
    await sendCommand(target, known.id, { body: "kept" });
    const { registry } = target.clients;
    const { responseBody: identity } = await registry.get(known.id);
    await registry.update(Object.assign(identity, { status: "disabled" }));
    expect(await countOf(known.id)).toBe(1);
    await registry.update(Object.assign(identity, { status: "enabled" }));
    await registry.delete(known.id);
    await registry.create(identity);
    expect(await countOf(known.id)).toBe(0);
  });

  test("an unknown device has no queue", async () => {
    const answer = await askHub(target, {
      method: "DELETE",
      path: "/devices/nobody-at-all/commands",
    });
    expect(answer).toMatchObject({
      status: 404,
      body: expect.stringContaining("DeviceNotFound"),
    });
  });
});

describe.skipIf(!HAS_MANAGEMENT)("the emulator's path for sending", () => {
  test("a message without an id gets one, and the answer tells it", async () => {
    await using my = target.entries();
    const { id } = await certifiedDevice(target, my, "named");
    const { status, body } = await postCommand(target, id, { body: "" });
    expect(status).toBe(201);
    expect(JSON.parse(body)).toEqual({ messageId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    const given = await postCommand(target, id, { body: "", messageId: "mine" });
    expect(JSON.parse(given.body)).toEqual({ messageId: "mine" });
  });

  test("any body of any content type is the message, byte by byte", async () => {
    await using my = target.entries();
    const known = await certifiedDevice(target, my, "bytes");
    await using device = await wireDevice(target, known);
    await subscribe(device, [filterOf(known)], 1);
    for (const [type, body] of [
      ["application/json", "{broken"],
      ["text/plain; charset=utf-8", "ü"],
      ["application/octet-stream", "\u0000\u0001"],
    ] as const) {
      expect(await send(known.id, { "content-type": type }, body)).toMatchObject({ status: 201 });
      const received = await receive(device);
      expect(received.body).toBe(body);
      expect(received.topic).toContain(`%24.ct=${encodeURIComponent(type)}`);
    }
  });

  test("a property without value is named in IoTHub-NullProperties", async () => {
    await using my = target.entries();
    const known = await certifiedDevice(target, my, "null");
    await using device = await wireDevice(target, known);
    await subscribe(device, [filterOf(known)], 1);
    await send(known.id, { "IoTHub-app-Room": "1", "IoTHub-NullProperties": "door, window" });
    expect((await receive(device)).topic).toMatch(/&Room=1&door&window$/);
  });

  test("every fault of the headers is told at once", async () => {
    await using my = target.entries();
    const { id } = await certifiedDevice(target, my, "faults");
    const { status, body } = await send(id, {
      "iothub-messageid": "x".repeat(129),
      "iothub-correlationid": "\u00fc",
      "iothub-ack": "perhaps",
      "iothub-expiry": "tomorrow",
      "iothub-nullproperties": "a b",
      "iothub-nonsense": "1",
    });
    expect(status).toBe(400);
    const { Message: text }: { Message: string } = JSON.parse(body);
    expect(text).toMatch(/^ErrorCode:ArgumentInvalid;/);
    for (const name of [
      "messageid",
      "correlationid",
      "ack",
      "expiry",
      "nullproperties",
      "nonsense",
    ])
      expect(text).toContain(`iothub-${name}`);
    expect(await countOf(id)).toBe(0);
  });

  test("64 KB of body and properties fit, and one byte more does not", async () => {
    await using my = target.entries();
    const { id } = await certifiedDevice(target, my, "large");
    const headers = { "iothub-messageid": "m", "iothub-app-p": "v", "content-type": "t/t" };
    const room = 64 * 1024 - "mpvt/t".length;
    expect(await send(id, headers, "x".repeat(room))).toMatchObject({ status: 201 });
    for (const bytes of [room + 1, 2 * 1024 * 1024])
      expect(await send(id, headers, "x".repeat(bytes))).toMatchObject({
        status: 413,
        body: expect.stringContaining("ErrorCode:MessageTooLarge;"),
      });
    expect(await countOf(id)).toBe(1);
  });

  test("a device that is not known gets no message", async () => {
    expect(await send("nobody-at-all", {})).toMatchObject({
      status: 404,
      body: expect.stringContaining("ErrorCode:DeviceNotFound;"),
    });
  });
});
