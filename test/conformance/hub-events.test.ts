import { randomUUID } from "node:crypto";
import iotDevice from "azure-iot-device";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { registerWithSdk } from "./support/device.ts";
import type { Entries } from "./support/entries.ts";
import { clientCertificates } from "./support/entries.ts";
import { HAS_EVENT_STREAM, askEvents, readEvents } from "./support/events.ts";
import type { HubDevice } from "./support/hub-device.ts";
import { hubDevice } from "./support/hub-device.ts";
import type { Management } from "./support/management.ts";
import { RESOURCE_GROUP } from "./support/management.ts";
import type { Target } from "./support/target.ts";
import { conformanceTarget } from "./support/target.ts";

const { Message } = iotDevice;

let target: Target;
let management: Management;
beforeAll(async () => {
  target = await conformanceTarget();
  if (target.management !== undefined) management = target.management;
});
afterAll(() => target[Symbol.asyncDispose]());

/** Provisions a device and connects it with Microsoft's client. */
async function openDevice(my: Entries, id: string, modelId?: string): Promise<HubDevice> {
  const keys = await target.pki.leaf(id);
  await my.individual(id, clientCertificates(keys.certificatePem));
  await registerWithSdk(target, "HTTPS", id, keys);
  return hubDevice(target, id, keys, { modelId });
}

async function consumerGroups(): Promise<readonly (string | undefined)[]> {
  const [hub = ""] = target.hub.split(".");
  const { iotHubResource } = management.hubs;
  const names: (string | undefined)[] = [];
  for await (const { name } of iotHubResource.listEventHubConsumerGroups(
    RESOURCE_GROUP,
    hub,
    "events",
  ))
    names.push(name);
  return names;
}

describe.skipIf(!HAS_EVENT_STREAM)(
  "system properties of device-to-cloud messages (Microsoft Learn, Create and read IoT Hub messages)",
  () => {
    test("the hub stamps a message with the device, its generation, its login, and the time it came", async () => {
      await using my = target.entries();
      const id = my.name("stamped");
      await using device = await openDevice(my, id);
      await device.client.sendEvent(new Message("{}"));
      const [event] = await readEvents(target, { device: id });
      const { responseBody: identity } = await target.clients.registry.get(id);
      expect(event?.annotations).toMatchObject({
        "iothub-connection-device-id": id,
        "iothub-connection-auth-generation-id": Reflect.get(identity, "generationId"),
        "iothub-message-source": "Telemetry",
        "iothub-enqueuedtime": event?.enqueuedTime,
        "x-opt-enqueued-time": event?.enqueuedTime,
      });
      const method: unknown = JSON.parse(
        String(event?.annotations["iothub-connection-auth-method"]),
      );
      expect(method).toMatchObject({ scope: "device", type: "x509", issuer: "iothub" });
    });

    test("system and application properties come as the device set them, and no further ones", async () => {
      await using my = target.entries();
      const id = my.name("labelled");
      await using device = await openDevice(my, id, "dtmi:conformance:Cave;1");
      const message = new Message('{"temperature":14.5}');
      message.messageId = "m 1&2";
      message.correlationId = "c=3";
      message.userId = "operator";
      message.contentType = "application/json";
      message.contentEncoding = "utf-8";
      message.properties.add("alert", "hot & wet");
      message.properties.add("dt-subject", "thermostat");
      await device.client.sendEvent(message);
      await device.client.sendEvent(new Message("plain"));
      const [labelled, plain] = await readEvents(target, { device: id });
      expect(labelled).toMatchObject({ body: '{"temperature":14.5}' });
      expect(labelled?.properties).toEqual({ alert: "hot & wet" });
      expect(labelled?.systemProperties).toEqual({
        "message-id": "m 1&2",
        "correlation-id": "c=3",
        "user-id": "operator",
        "content-type": "application/json",
        "content-encoding": "utf-8",
      });
      expect(labelled?.annotations).toMatchObject({
        "dt-dataschema": "dtmi:conformance:Cave;1",
        "dt-subject": "thermostat",
      });
      expect(plain).toMatchObject({ body: "plain", properties: {}, systemProperties: {} });
      expect(plain?.annotations).not.toHaveProperty("dt-subject");
    });
  },
);

describe.skipIf(!HAS_EVENT_STREAM)(
  "partitions (Microsoft Learn, Read device-to-cloud messages from the built-in endpoint)",
  () => {
    test("all messages of a device are in one partition, in the order in which it sent them", async () => {
      await using my = target.entries();
      const ids = [my.name("first"), my.name("second")] as const;
      await using first = await openDevice(my, ids[0]);
      await using second = await openDevice(my, ids[1]);
      for (let n = 0; n < 20; n++)
        await Promise.all(
          [first, second].map(({ client }) => client.sendEvent(new Message(String(n)))),
        );
      for (const id of ids) {
        const events = await readEvents(target, { device: id });
        expect(events.map(({ body }) => body)).toEqual(
          Array.from({ length: 20 }, (_, n) => `${n}`),
        );
        expect(new Set(events.map(({ partition }) => partition)).size).toBe(1);
      }
    });

    test("each message of a partition has the sequence number after that of the one before it, and a later or equal time", async () => {
      await using my = target.entries();
      const id = my.name("numbered");
      await using device = await openDevice(my, id);
      for (let n = 0; n < 3; n++) await device.client.sendEvent(new Message(String(n)));
      const mine = await readEvents(target, { device: id });
      const partition = String(mine[0]?.partition);
      const all = await readEvents(target, { partition });
      const first = all[0]?.sequenceNumber ?? Number.NaN;
      expect(all.map(({ sequenceNumber }) => sequenceNumber)).toEqual(
        all.map((_event, at) => first + at),
      );
      const times = all.map(({ enqueuedTime }) => Date.parse(enqueuedTime));
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      for (const { annotations, sequenceNumber } of all) {
        expect(annotations["x-opt-sequence-number"]).toBe(sequenceNumber);
        expect(annotations["x-opt-offset"]).toEqual(expect.any(String));
      }
      const second = String(mine[1]?.sequenceNumber);
      const rest = await readEvents(target, { partition, from: second, device: id });
      expect(rest).toEqual(mine.slice(1));
    });

    test("a reader begins at the first message that is kept, at the end, or at a time", async () => {
      await using my = target.entries();
      const id = my.name("placed");
      await using device = await openDevice(my, id);
      await device.client.sendEvent(new Message("only"));
      const [only] = await readEvents(target, { device: id, from: "earliest" });
      expect(only?.body).toBe("only");
      expect(await readEvents(target, { device: id, from: "latest" })).toEqual([]);
      const from = only?.enqueuedTime ?? "";
      expect(await readEvents(target, { device: id, from })).toEqual([only]);
      const later = new Date(Date.parse(from) + 1).toISOString();
      expect(await readEvents(target, { device: id, from: later })).toEqual([]);
    });
  },
);

// Microsoft's management package is the client.
describe.skipIf(!HAS_EVENT_STREAM)(
  "consumer groups (Microsoft's REST reference, IoT Hub Resource, Event Hub Consumer Group)",
  () => {
    test("a group is created, read, listed and deleted, and what it reads is what $Default reads", async () => {
      const [hub = ""] = target.hub.split(".");
      const { iotHubResource: hubs } = management.hubs;
      const group = `readers-${randomUUID().slice(0, 8)}`;
      const at = [RESOURCE_GROUP, hub, "events", group] as const;
      expect((await askEvents(target, { consumerGroup: group })).status).toBe(404);
      const created = await hubs.createEventHubConsumerGroup(...at, {
        properties: { name: group },
      });
      expect(created).toMatchObject({
        name: group,
        type: "Microsoft.Devices/IotHubs/EventHubEndpoints/ConsumerGroups",
      });
      expect(created.id).toMatch(new RegExp(`/eventHubEndpoints/events/ConsumerGroups/${group}$`));
      try {
        expect(await hubs.getEventHubConsumerGroup(...at)).toEqual(created);
        // Again is no mistake.
        await hubs.createEventHubConsumerGroup(...at, { properties: { name: group } });
        const listed = await consumerGroups();
        expect(listed.filter((name) => name === "$Default" || name === group)).toEqual([
          "$Default",
          group,
        ]);
        await using my = target.entries();
        const id = my.name("grouped");
        await using device = await openDevice(my, id);
        await device.client.sendEvent(new Message("for all groups"));
        const mine = await readEvents(target, { device: id, consumerGroup: group });
        expect(mine).toMatchObject([{ body: "for all groups" }]);
        expect(await readEvents(target, { device: id })).toEqual(mine);
      } finally {
        await hubs.deleteEventHubConsumerGroup(...at);
      }
      await expect(hubs.getEventHubConsumerGroup(...at)).rejects.toMatchObject({
        statusCode: 404,
        code: "ResourceNotFound",
      });
      expect((await askEvents(target, { consumerGroup: group })).status).toBe(404);
      expect(await consumerGroups()).not.toContain(group);
    });

    test("$Default cannot be deleted, and a name must be one", async () => {
      const [hub = ""] = target.hub.split(".");
      const { iotHubResource: hubs } = management.hubs;
      await expect(
        hubs.deleteEventHubConsumerGroup(RESOURCE_GROUP, hub, "events", "$Default"),
      ).rejects.toMatchObject({ statusCode: 400 });
      await expect(
        hubs.createEventHubConsumerGroup(RESOURCE_GROUP, hub, "events", "two words", {
          properties: { name: "two words" },
        }),
      ).rejects.toMatchObject({ statusCode: 400 });
      await expect(
        hubs.getEventHubConsumerGroup(RESOURCE_GROUP, hub, "elsewhere", "$Default"),
      ).rejects.toMatchObject({ statusCode: 404 });
    });
  },
);
