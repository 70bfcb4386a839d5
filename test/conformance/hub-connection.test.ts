import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newSymmetricKey } from "../../src/emulator/dps/symmetric-keys.ts";
import type { WireClient } from "../integration/emulator-wire.ts";
import { publishPacket, subscribePacket } from "../integration/emulator-wire.ts";
import { hubDevice } from "./support/hub-device.ts";
import { certifiedDevice, subscribe, wireDevice } from "./support/hub-wire.ts";
import { rawHub, returnCodeAt, sasToken } from "./support/raw-hub.ts";
import type { Target } from "./support/target.ts";
import { conformanceTarget } from "./support/target.ts";
import { DESIRED_CHANGES, TWIN_ANSWERS, getPacket, patchDesired } from "./support/twin-wire.ts";
import { thumbprintOf } from "./support/twins.ts";

let target: Target;
beforeAll(async () => {
  target = await conformanceTarget();
});
afterAll(() => target[Symbol.asyncDispose]());

const newKeys = () => ({ primaryKey: newSymmetricKey(), secondaryKey: newSymmetricKey() });
const telemetryOf = (id: string): string => `devices/${id}/messages/events/`;

async function stateOf(id: string): Promise<string> {
  return (await target.clients.registry.get(id)).responseBody.connectionState ?? "";
}

/** The topic of what a device gets first: a desired change, or the answer to what it asked after that. */
async function toldFirst(device: WireClient, id: string): Promise<string> {
  await subscribe(device, [TWIN_ANSWERS]);
  await patchDesired(target, id, { n: 1 });
  device.send(getPacket("after"));
  return (await device.nextPublish()).topic;
}

describe("sessions (Microsoft Learn, Communicate with an IoT hub using MQTT)", () => {
  test("a session is kept after a connection of clean=0, with or without subscriptions, and the CONNACK tells so", async () => {
    await using my = target.entries();
    const known = await certifiedDevice(target, my, "present");
    for (const [clean, isPresent] of [
      [false, false],
      [false, true],
      [true, false],
      [true, false],
      [false, false],
      [false, true],
    ] as const) {
      await using client = await wireDevice(target, known, { clean });
      expect([clean, client.sessionPresent]).toEqual([clean, isPresent]);
    }
  });

  test("subscriptions of a kept session serve at the next connection without a new SUBSCRIBE", async () => {
    await using my = target.entries();
    const known = await certifiedDevice(target, my, "kept");
    {
      await using first = await wireDevice(target, known, { clean: false });
      await subscribe(first, [DESIRED_CHANGES]);
    }
    await using second = await wireDevice(target, known, { clean: false });
    expect(second.sessionPresent).toBe(true);
    await patchDesired(target, known.id, { n: 1 });
    expect(JSON.parse((await second.nextPublish()).body)).toEqual({ n: 1, $version: 2 });
  });

  test("a filter that was unsubscribed serves no more at the next connection", async () => {
    await using my = target.entries();
    const known = await certifiedDevice(target, my, "unsubscribed");
    {
      await using first = await wireDevice(target, known, { clean: false });
      await subscribe(first, [DESIRED_CHANGES]);
      first.send({ cmd: "unsubscribe", messageId: 2, unsubscriptions: [DESIRED_CHANGES] });
      expect(await first.next()).toMatchObject({ cmd: "unsuback" });
    }
    await using second = await wireDevice(target, known, { clean: false });
    expect(await toldFirst(second, known.id)).toBe("$iothub/twin/res/200/?$rid=after");
  });

  test("a clean connection forgets the filters before it", async () => {
    await using my = target.entries();
    const known = await certifiedDevice(target, my, "clean");
    {
      await using first = await wireDevice(target, known, { clean: false });
      await subscribe(first, [DESIRED_CHANGES]);
    }
    await using second = await wireDevice(target, known, { clean: true });
    expect(await toldFirst(second, known.id)).toBe("$iothub/twin/res/200/?$rid=after");
  });

  test("Microsoft's client, which does not subscribe to its twin again, is told of changes after a lost connection", async () => {
    await using my = target.entries();
    const { id, keys } = await certifiedDevice(target, my, "lost");
    await using device = await hubDevice(target, id, keys, { reconnects: true });
    const twin = await device.client.getTwin();
    const changed = new Promise((resolve) => {
      twin.on("properties.desired.after", resolve);
    });
    // The client comes back and closes this one.
    await using newer = await wireDevice(target, { id, keys }, { clean: false });
    await newer.closed;
    await patchDesired(target, id, { after: "the loss" });
    expect(await changed).toBe("the loss");
  });
});

describe("one connection for each device (Microsoft Learn, Understand and resolve Azure IoT Hub errors, 400027)", () => {
  test("a new connection closes the one before it, and the device stays connected", async () => {
    await using my = target.entries();
    const known = await certifiedDevice(target, my, "twice");
    await using first = await wireDevice(target, known);
    await using second = await wireDevice(target, known);
    await first.closed;
    second.send({ cmd: "pingreq" });
    expect(await second.next()).toMatchObject({ cmd: "pingresp" });
    expect(await stateOf(known.id)).toBe("Connected");
    second.send({ cmd: "disconnect" });
    await second.closed;
    expect(await stateOf(known.id)).toBe("Disconnected");
  });

  test("Microsoft's client tells that it was closed by another one", async () => {
    await using my = target.entries();
    const { id, keys } = await certifiedDevice(target, my, "evicted");
    await using first = await hubDevice(target, id, keys);
    await using second = await hubDevice(target, id, keys, { kind: "MQTT over WebSocket" });
    expect(await first.disconnected).toBeDefined();
    expect(await second.client.getTwin()).toBeDefined();
  });
});

describe("keepalive (Microsoft Learn, Communicate with an IoT hub using MQTT)", () => {
  test("a device that is silent for one and a half times its keepalive is closed", async () => {
    await using my = target.entries();
    const known = await certifiedDevice(target, my, "silent");
    await using device = await wireDevice(target, known, { keepalive: 1 });
    await device.closed;
    expect(device.received.map(({ cmd }) => cmd)).toEqual(["connack"]);
  });

  test("a ping is answered", async () => {
    await using my = target.entries();
    await using device = await wireDevice(target, await certifiedDevice(target, my, "ping"));
    device.send({ cmd: "pingreq" });
    expect(await device.next()).toMatchObject({ cmd: "pingresp" });
  });
});

describe("QoS and topics (Microsoft Learn, Communicate with an IoT hub using MQTT)", () => {
  test("every documented filter is granted, a SUBSCRIBE at QoS 2 with QoS 1", async () => {
    await using my = target.entries();
    const known = await certifiedDevice(target, my, "filters");
    await using device = await wireDevice(target, known);
    for (const filter of [
      TWIN_ANSWERS,
      DESIRED_CHANGES,
      "$iothub/methods/POST/#",
      `devices/${known.id}/messages/devicebound/#`,
    ])
      for (const [asked, granted] of [
        [0, 0],
        [1, 1],
        [2, 1],
      ] as const) {
        device.send(subscribePacket(filter, asked, 5));
        expect(await device.next()).toMatchObject({ cmd: "suback", granted: [granted] });
      }
  });

  test("a message at QoS 1 is acknowledged, one at QoS 0 is not", async () => {
    await using my = target.entries();
    const known = await certifiedDevice(target, my, "qos");
    await using device = await wireDevice(target, known);
    const topic = telemetryOf(known.id);
    device.send(
      publishPacket(topic, "unacknowledged", { qos: 0 }),
      publishPacket(topic, "acknowledged", { messageId: 77 }),
    );
    expect(await device.next()).toMatchObject({ cmd: "puback", messageId: 77 });
  });

  test.for([
    ["a message at QoS 2", (id: string) => publishPacket(telemetryOf(id), "x", { qos: 2 })],
    ["another device's filter", () => subscribePacket("devices/x/messages/devicebound/#")],
    ["a wildcard over everything", () => subscribePacket("#")],
    ["a wildcard of one's own", (id: string) => subscribePacket(`devices/${id}/#`)],
  ] as const)("%s closes the connection without an answer", async ([, packetOf]) => {
    await using my = target.entries();
    const known = await certifiedDevice(target, my, "closed");
    await using device = await wireDevice(target, known);
    device.send(packetOf(known.id));
    await device.closed;
    expect(device.received.map(({ cmd }) => cmd)).toEqual(["connack"]);
  });
});

test("a SUBSCRIBE with a foreign filter among others does not shut the device out of its session", async () => {
  await using my = target.entries();
  const known = await certifiedDevice(target, my, "mixed");
  await using device = await wireDevice(target, known, { clean: false });
  const subscriptions = [TWIN_ANSWERS, "foreign/#", DESIRED_CHANGES].map((topic) => ({
    topic,
    qos: 0 as const,
  }));
  device.send({ cmd: "subscribe", messageId: 4, subscriptions });
  await device.closed;
  await using next = await wireDevice(target, known, { clean: false });
  expect(next.sessionPresent).toBe(true);
  expect(await toldFirst(next, known.id)).toBeDefined();
});

describe("losing the right to connect (Microsoft Learn, Understand the identity registry in your IoT hub)", () => {
  test("a device that is disabled is closed, and comes back when it is enabled", async () => {
    await using my = target.entries();
    const known = await certifiedDevice(target, my, "disabled");
    await using device = await wireDevice(target, known);
    const { registry } = target.clients;
    const { responseBody: identity } = await registry.get(known.id);
    await registry.update(Object.assign(identity, { status: "disabled" }));
    await device.closed;
    expect(await returnCodeAt(target, known.id, known)).toBe(5);
    await registry.update(Object.assign(identity, { status: "enabled" }));
    expect(await returnCodeAt(target, known.id, known)).toBe(0);
  });

  test("a device that is deleted is closed, and a new one of its name begins without its session", async () => {
    await using my = target.entries();
    const known = await certifiedDevice(target, my, "deleted");
    await using device = await wireDevice(target, known, { clean: false });
    await target.clients.registry.delete(known.id);
    await device.closed;
    expect(await returnCodeAt(target, known.id, known)).toBe(5);
    await my.identity(known.id, thumbprintOf(known.keys));
    await using anew = await wireDevice(target, known, { clean: false });
    expect(anew.sessionPresent).toBe(false);
  });

  test("a device whose thumbprint is replaced is closed, and its new certificate opens", async () => {
    await using my = target.entries();
    const known = await certifiedDevice(target, my, "rolled");
    await using device = await wireDevice(target, known);
    const keys = await target.pki.leaf(known.id);
    const authentication = thumbprintOf(keys);
    await target.clients.registry.update({ deviceId: known.id, authentication });
    await device.closed;
    expect(await returnCodeAt(target, known.id, known)).toBe(5);
    expect(await returnCodeAt(target, known.id, { keys })).toBe(0);
  });

  test("a device whose key is replaced is closed, and its new key opens", async () => {
    await using my = target.entries();
    const id = my.name("rekeyed");
    const [before, after] = [newKeys(), newKeys()];
    await my.identity(id, { type: "sas", symmetricKey: before });
    const resource = encodeURIComponent(`${target.hub}/devices/${id}`);
    const token = sasToken(resource, before.primaryKey);
    await using device = await rawHub(target, id, { token });
    await target.clients.registry.update({
      deviceId: id,
      authentication: { type: "sas", symmetricKey: after },
    });
    await device.closed;
    expect(await returnCodeAt(target, id, { token })).toBe(5);
    const renewed = sasToken(resource, after.primaryKey);
    expect(await returnCodeAt(target, id, { token: renewed })).toBe(0);
  });
});
