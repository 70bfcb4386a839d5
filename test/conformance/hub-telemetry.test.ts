import iotDevice from "azure-iot-device";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { WireClient } from "../integration/emulator-wire.ts";
import { publishPacket } from "../integration/emulator-wire.ts";
import type { ReadEvent } from "./support/events.ts";
import { HAS_EVENT_STREAM, readEvents } from "./support/events.ts";
import { hubDevice } from "./support/hub-device.ts";
import { certifiedDevice } from "./support/hub-wire.ts";
import type { Target } from "./support/target.ts";
import { conformanceTarget } from "./support/target.ts";
import type { ListeningDevice } from "./support/twin-wire.ts";
import { listeningDevice } from "./support/twin-wire.ts";

let target: Target;
beforeAll(async () => {
  target = await conformanceTarget();
});
afterAll(() => target[Symbol.asyncDispose]());

const MODEL = "dtmi:com:example:TemperatureController;1";

/** Publishes at QoS 1, and waits for the PUBACK. */
async function publish(client: WireClient, topic: string, body: string | Buffer): Promise<void> {
  client.send(publishPacket(topic, body, { messageId: 9 }));
  expect(await client.next()).toMatchObject({ cmd: "puback", messageId: 9 });
}

/** Sends one message with a property bag, and gives what readers see of it. */
async function eventOf(device: ListeningDevice, bag: string): Promise<ReadEvent> {
  await publish(device.client, `devices/${device.id}/messages/events/${bag}`, "x");
  const event = (await readEvents(target, { device: device.id })).at(-1);
  if (event === undefined) throw new Error("nothing was ingested");
  return event;
}

describe.skipIf(!HAS_EVENT_STREAM)(
  "sending messages (Microsoft Learn, Communicate with an IoT hub using MQTT, Sending device-to-cloud messages)",
  () => {
    test("a message is sent to devices/{id}/messages/events, with or without a slash, or with properties after it", async () => {
      await using my = target.entries();
      await using device = await listeningDevice(target, my, "topic", []);
      const topic = `devices/${device.id}/messages/events`;
      await publish(device.client, topic, "bare");
      await publish(device.client, `${topic}/`, "slash");
      await publish(device.client, `${topic}/a=1`, "bag");
      expect(await readEvents(target, { device: device.id })).toMatchObject([
        { body: "bare", properties: {} },
        { body: "slash", properties: {} },
        { body: "bag", properties: { a: "1" } },
      ]);
    });

    test("a message that is acknowledged has been ingested, and one at QoS 0 is ingested too", async () => {
      await using my = target.entries();
      await using device = await listeningDevice(target, my, "qos", []);
      const topic = `devices/${device.id}/messages/events/`;
      device.client.send(publishPacket(topic, "unacknowledged", { qos: 0 }));
      await publish(device.client, topic, "acknowledged");
      const events = await readEvents(target, { device: device.id });
      expect(events.map(({ body }) => body)).toEqual(["unacknowledged", "acknowledged"]);
    });

    test("the body is any bytes, and may be empty", async () => {
      await using my = target.entries();
      await using device = await listeningDevice(target, my, "bytes", []);
      const topic = `devices/${device.id}/messages/events/`;
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      await publish(device.client, topic, bytes);
      await publish(device.client, topic, "");
      expect(await readEvents(target, { device: device.id })).toMatchObject([
        { bodyBase64: bytes.toString("base64") },
        { body: "" },
      ]);
    });

    // The SDKs' sources: some send the $ of system properties as %24, and some as it is.
    test.for<readonly [string, string]>([
      ["Node", "%24.mid=m%201&%24.ct=application%2Fjson&%24.ce=utf-8&temp=hot%26wet"],
      ["Python", "%24.mid=m%201&%24.ct=application%2Fjson&%24.ce=utf-8&temp=hot%26wet"],
      ["C#", "$.mid=m%201&$.ct=application%2Fjson&$.ce=utf-8&temp=hot%26wet"],
      ["Java", "$.mid=m%201&$.ct=application%2Fjson&$.ce=utf-8&temp=hot%26wet"],
      ["C", "temp=hot%26wet&%24.mid=m%201&%24.ct=application%2fjson&%24.ce=utf-8"],
    ])(
      "the property bag of the SDK for %s is percent-decoded, names and values",
      async ([, bag]) => {
        await using my = target.entries();
        await using device = await listeningDevice(target, my, "bag", []);
        expect(await eventOf(device, bag)).toMatchObject({
          properties: { temp: "hot&wet" },
          systemProperties: {
            "message-id": "m 1",
            "content-type": "application/json",
            "content-encoding": "utf-8",
          },
        });
      },
    );

    test("every system property of the bag is one for readers, and none an application property", async () => {
      await using my = target.entries();
      await using device = await listeningDevice(target, my, "system", []);
      const bag =
        "$.mid=1&$.cid=2&$.uid=3&$.to=4&$.ct=5&$.ce=6&$.exp=2030-01-01T00%3A00%3A00Z&$.ctime=2026-01-01T00%3A00%3A00Z&mine=7";
      const { properties, systemProperties } = await eventOf(device, bag);
      expect(properties).toEqual({ mine: "7" });
      expect(systemProperties).toEqual({
        "message-id": "1",
        "correlation-id": "2",
        "user-id": "3",
        to: "4",
        "content-type": "5",
        "content-encoding": "6",
        "absolute-expiry-time": "2030-01-01T00:00:00Z",
        "creation-time": "2026-01-01T00:00:00Z",
      });
    });

    test("names and values of application properties are Unicode, and a value may be empty", async () => {
      await using my = target.entries();
      await using device = await listeningDevice(target, my, "unicode", []);
      const bag = "K%C3%BChlung=22%20%C2%B0C&empty=&a%3Db=c%26d";
      const { properties } = await eventOf(device, bag);
      expect(properties).toEqual({ Kühlung: "22 °C", empty: "", "a=b": "c&d" });
    });

    test("Microsoft's client sends every property, and its component as dt-subject", async () => {
      await using my = target.entries();
      const { id, keys } = await certifiedDevice(target, my, "sdk");
      await using device = await hubDevice(target, id, keys, { modelId: MODEL });
      const message = new iotDevice.Message('{"t":1}');
      message.contentType = "application/json";
      message.contentEncoding = "utf-8";
      message.properties.add("alert", "true");
      message.properties.add("dt-subject", "thermostat1");
      await device.client.sendEvent(message);
      expect(await readEvents(target, { device: id })).toMatchObject([
        {
          body: '{"t":1}',
          properties: { alert: "true" },
          annotations: { "dt-dataschema": MODEL, "dt-subject": "thermostat1" },
        },
      ]);
    });
  },
);

describe("what is no message of the device (Microsoft Learn, Communicate with an IoT hub using MQTT)", () => {
  test.for<readonly [string, (id: string) => string]>([
    ["another device's topic", () => "devices/somebody-else/messages/events/"],
    ["a device id with more behind it", (id) => `devices/${id}-2/messages/events/`],
    ["a topic below without a slash", (id) => `devices/${id}/messages/eventsx`],
    ["its own device-bound topic", (id) => `devices/${id}/messages/devicebound/`],
    ["an unknown topic of the hub", () => "$iothub/unknown/?$rid=1"],
    ["any other topic", () => "sensors/temperature"],
  ])("%s closes the connection, without an acknowledgment", async ([, topicOf]) => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "foreign", []);
    device.client.send(publishPacket(topicOf(device.id), "x", { messageId: 3 }));
    await device.client.closed;
    expect(device.client.received.map(({ cmd }) => cmd)).toEqual(["connack"]);
  });
});

describe("the size of a message (Microsoft Learn, Create and read IoT Hub messages; IoT Hub quotas and throttling)", () => {
  const bag = "%24.mid=12345&ab=%C3%BC";
  // The values of system properties, and names and values of the others: "12345", "ab", "ü".
  const room = 256 * 1024 - 5 - 2 - 2;

  test("256 KB of body, system property values and application properties are taken", async () => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "fits", []);
    const topic = `devices/${device.id}/messages/events/${bag}`;
    device.client.send(publishPacket(topic, Buffer.alloc(room, "x"), { messageId: 8 }));
    expect(await device.client.next()).toMatchObject({ cmd: "puback", messageId: 8 });
  });

  test("one byte more closes the connection, without an acknowledgment", async () => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "exceeds", []);
    const topic = `devices/${device.id}/messages/events/${bag}`;
    device.client.send(publishPacket(topic, Buffer.alloc(room + 1, "x")));
    await device.client.closed;
    expect(device.client.received.map(({ cmd }) => cmd)).toEqual(["connack"]);
  });
});
