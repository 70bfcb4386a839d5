import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { WireClient } from "../integration/emulator-wire.ts";
import { publishPacket } from "../integration/emulator-wire.ts";
import { HAS_EVENT_STREAM, readEvents } from "./support/events.ts";
import type { CertifiedDevice } from "./support/hub-wire.ts";
import { certifiedDevice, wireDevice } from "./support/hub-wire.ts";
import type { Target } from "./support/target.ts";
import { conformanceTarget } from "./support/target.ts";

let target: Target;
beforeAll(async () => {
  target = await conformanceTarget();
});
afterAll(() => target[Symbol.asyncDispose]());

const telemetryOf = ({ id }: CertifiedDevice): string => `devices/${id}/messages/events/`;

/** Sends telemetry, and waits until the hub has it. */
async function send(client: WireClient, topic: string, more?: { retain: boolean }): Promise<void> {
  client.send(publishPacket(topic, "telemetry", more));
  expect(await client.next()).toMatchObject({ cmd: "puback" });
}

/** Body and application properties of all that the hub has of a device. */
async function readOf({ id }: CertifiedDevice): Promise<readonly unknown[]> {
  const events = await readEvents(target, { device: id });
  return events.map(({ body, properties }) => [body, properties]);
}

describe.skipIf(!HAS_EVENT_STREAM)(
  "RETAIN and the will (Microsoft Learn, Communicate with an IoT hub using MQTT)",
  () => {
    test("a message with RETAIN is not kept for subscribers: it is passed on with the property mqtt-retain", async () => {
      await using my = target.entries();
      const known = await certifiedDevice(target, my, "retained");
      await using device = await wireDevice(target, known);
      await send(device, telemetryOf(known), { retain: true });
      await send(device, `${telemetryOf(known)}kind=plain`, { retain: false });
      expect(await readOf(known)).toEqual([
        ["telemetry", { "mqtt-retain": "true" }],
        ["telemetry", { kind: "plain" }],
      ]);
    });

    test("the will of a device that drops its connection is telemetry, marked as Will", async () => {
      await using my = target.entries();
      const known = await certifiedDevice(target, my, "dropped");
      const will = { topic: `${telemetryOf(known)}reason=lost`, payload: "gone" };
      const device = await wireDevice(target, known, { will });
      device.drop();
      await device.closed;
      // The next connection is taken after all that the last one left.
      await using next = await wireDevice(target, known);
      await send(next, telemetryOf(known));
      expect(await readOf(known)).toEqual([
        ["gone", { reason: "lost", "iothub-MessageType": "Will" }],
        ["telemetry", {}],
      ]);
    });

    test("a device that is closed by a newer connection, or breaks the protocol, leaves its will", async () => {
      await using my = target.entries();
      const known = await certifiedDevice(target, my, "broken");
      const will = { topic: telemetryOf(known), payload: "gone" };
      await using evicted = await wireDevice(target, known, { will });
      await using rude = await wireDevice(target, known, { will });
      await evicted.closed;
      rude.send(publishPacket(telemetryOf(known), "x", { qos: 2 }));
      await rude.closed;
      await using next = await wireDevice(target, known);
      await send(next, telemetryOf(known));
      const marked = ["gone", { "iothub-MessageType": "Will" }];
      expect(await readOf(known)).toEqual([marked, marked, ["telemetry", {}]]);
    });

    test("a device that disconnects in order leaves no will", async () => {
      await using my = target.entries();
      const known = await certifiedDevice(target, my, "orderly");
      const will = { topic: telemetryOf(known), payload: "gone" };
      await using device = await wireDevice(target, known, { will });
      device.send({ cmd: "disconnect" });
      await device.closed;
      await using next = await wireDevice(target, known);
      await send(next, telemetryOf(known));
      expect(await readOf(known)).toEqual([["telemetry", {}]]);
    });

    test("a will for another topic than the device's telemetry is no message", async () => {
      await using my = target.entries();
      const [known, other] = [
        await certifiedDevice(target, my, "mine"),
        await certifiedDevice(target, my, "other"),
      ];
      for (const topic of [telemetryOf(other), "$iothub/twin/GET/?$rid=1", "anything"]) {
        const device = await wireDevice(target, known, { will: { topic, payload: "foreign" } });
        device.drop();
        await device.closed;
      }
      await using next = await wireDevice(target, known);
      await send(next, telemetryOf(known));
      expect(await readOf(known)).toEqual([["telemetry", {}]]);
      expect(await readOf(other)).toEqual([]);
    });
  },
);
