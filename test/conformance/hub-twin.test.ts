import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { publishPacket } from "../integration/emulator-wire.ts";
import { hubDevice, report } from "./support/hub-device.ts";
import { certifiedDevice, subscribe, wireDevice } from "./support/hub-wire.ts";
import type { Target } from "./support/target.ts";
import { conformanceTarget } from "./support/target.ts";
import type { Properties } from "./support/twin-wire.ts";
import {
  DESIRED_CHANGES,
  TWIN_ANSWERS,
  getPacket,
  listeningDevice,
  patchDesired,
  readTwin,
  reportByHand,
  reportPacket,
  versionOf,
} from "./support/twin-wire.ts";

let target: Target;
beforeAll(async () => {
  target = await conformanceTarget();
});
afterAll(() => target[Symbol.asyncDispose]());

describe("reading the twin (Microsoft Learn, Communicate with an IoT hub using MQTT, Retrieving device twin properties)", () => {
  test("the device reads desired and reported properties with their versions, and nothing else", async () => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "read", [TWIN_ANSWERS]);
    await target.clients.registry.updateTwin(device.id, { tags: { site: "cave" } }, "*");
    await patchDesired(target, device.id, { fan: "on" });
    await reportByHand(device.client, { fan: { speed: 3 } });
    const twin = await readTwin(device.client);
    expect(twin).toEqual({
      desired: { fan: "on", $version: expect.any(Number) },
      reported: { fan: { speed: 3 }, $version: expect.any(Number) },
    });
  });

  test("the answer has the request id as it was sent, whatever the payload was, and comes at QoS 0", async () => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "rid", [TWIN_ANSWERS]);
    for (const [rid, payload] of [
      ["0", ""],
      ["4f2a-b", " "],
      ["{B5}:%20/ü", "{no JSON"],
      ["a=b", "null"],
    ] as const) {
      device.client.send(getPacket(rid, payload));
      const answer = await device.client.nextPublish();
      expect(answer).toMatchObject({ topic: `$iothub/twin/res/200/?$rid=${rid}`, qos: 0 });
    }
  });

  test("an answer is lost where the device has not subscribed to answers before", async () => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "unheard", []);
    device.client.send(getPacket("lost"), { cmd: "pingreq" });
    expect(await device.client.next()).toMatchObject({ cmd: "pingresp" });
    await subscribe(device.client, [TWIN_ANSWERS]);
    device.client.send(getPacket("heard"));
    expect((await device.client.nextPublish()).topic).toContain("$rid=heard");
  });

  test("an answer goes to the device that asked, and to no other", async () => {
    await using my = target.entries();
    await using one = await listeningDevice(target, my, "one", [TWIN_ANSWERS, DESIRED_CHANGES]);
    await using two = await listeningDevice(target, my, "two", [TWIN_ANSWERS, DESIRED_CHANGES]);
    await patchDesired(target, one.id, { mine: true });
    expect(JSON.parse((await one.client.nextPublish()).body)).toMatchObject({ mine: true });
    one.client.send(getPacket("one"));
    expect((await one.client.nextPublish()).topic).toContain("$rid=one");
    two.client.send(getPacket("two"));
    const answer = await two.client.nextPublish();
    expect(answer.topic).toContain("$rid=two");
    expect(answer.body).not.toContain("mine");
  });
});

describe("reporting (Microsoft Learn, Communicate with an IoT hub using MQTT, Update device twin's reported properties)", () => {
  test("an update is answered with 204, the new version and no body", async () => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "204", [TWIN_ANSWERS]);
    const before = await readTwin(device.client);
    const version = await reportByHand(device.client, { a: 1 });
    expect(version).toBe(versionOf(before.reported) + 1);
    expect(await readTwin(device.client)).toEqual({
      desired: before.desired,
      reported: { a: 1, $version: version },
    });
  });

  test("an update at QoS 1 is acknowledged first and answered then", async () => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "qos", [TWIN_ANSWERS]);
    const topic = "$iothub/twin/PATCH/properties/reported/?$rid=1";
    device.client.send(publishPacket(topic, '{"a":1}', { qos: 1, messageId: 6 }));
    expect(await device.client.next()).toMatchObject({ cmd: "puback", messageId: 6 });
    expect((await device.client.nextPublish()).topic).toMatch(/^\$iothub\/twin\/res\/204\/\?/);
  });

  test("updates of one device are done in the order in which it sent them", async () => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "order", [TWIN_ANSWERS]);
    const count = 20;
    for (let n = 0; n < count; n++) device.client.send(reportPacket(`r${n}`, `{"n":${n}}`));
    for (let n = 0; n < count; n++)
      expect((await device.client.nextPublish()).topic).toContain(`$rid=r${n}&`);
    expect((await readTwin(device.client)).reported).toMatchObject({ n: count - 1 });
  });

  test("Microsoft's client reports what the service then reads", async () => {
    await using my = target.entries();
    const { id, keys } = await certifiedDevice(target, my, "sdk");
    await using device = await hubDevice(target, id, keys);
    const twin = await device.client.getTwin();
    await report(twin, { fan: "on", list: [1] });
    const { responseBody } = await target.clients.registry.getTwin(id);
    expect(responseBody.properties.reported).toMatchObject({ fan: "on", list: [1] });
    await expect(report(twin, { "bad key": 1 })).rejects.toThrow(/./);
  });
});

describe("desired properties (Microsoft Learn, Communicate with an IoT hub using MQTT, Receiving desired properties update notifications)", () => {
  test("a connected device is told the change as it was made, nulls too, with the new version", async () => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "told", [DESIRED_CHANGES]);
    const patch = { fan: { speed: 3, off: null }, route: null };
    const version = versionOf(await patchDesired(target, device.id, patch));
    const told = await device.client.nextPublish();
    expect(told.topic).toBe(`$iothub/twin/PATCH/properties/desired/?$version=${version}`);
    expect(JSON.parse(told.body)).toEqual({ ...patch, $version: version });
  });

  test("changes come in the order in which they were made, each with the next version", async () => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "sequence", [
      TWIN_ANSWERS,
      DESIRED_CHANGES,
    ]);
    const first = versionOf((await readTwin(device.client)).desired) + 1;
    const count = 10;
    for (let n = 0; n < count; n++) await patchDesired(target, device.id, { n });
    for (let n = 0; n < count; n++) {
      const told: unknown = JSON.parse((await device.client.nextPublish()).body);
      expect(told).toEqual({ n, $version: first + n });
    }
  });

  test("a change while the device is away is not kept for it; it reads the twin when it is back", async () => {
    await using my = target.entries();
    const known = await certifiedDevice(target, my, "away");
    {
      await using first = await wireDevice(target, known, { clean: false });
      await subscribe(first, [TWIN_ANSWERS, DESIRED_CHANGES]);
    }
    await patchDesired(target, known.id, { missed: 1 });
    await using back = await wireDevice(target, known, { clean: false });
    const { desired: read } = await readTwin(back);
    expect(read).toMatchObject({ missed: 1 });
    await patchDesired(target, known.id, { seen: 1 });
    const told: unknown = JSON.parse((await back.nextPublish()).body);
    expect(told).toEqual({ seen: 1, $version: versionOf(read) + 1 });
  });

  test("a device that did not subscribe to changes, or has unsubscribed, is not told", async () => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "deaf", [TWIN_ANSWERS]);
    await patchDesired(target, device.id, { n: 1 });
    await subscribe(device.client, [DESIRED_CHANGES]);
    await patchDesired(target, device.id, { n: 2 });
    expect(JSON.parse((await device.client.nextPublish()).body)).toMatchObject({ n: 2 });
    device.client.send({ cmd: "unsubscribe", messageId: 4, unsubscriptions: [DESIRED_CHANGES] });
    expect(await device.client.next()).toMatchObject({ cmd: "unsuback" });
    await patchDesired(target, device.id, { n: 3 });
    expect((await readTwin(device.client)).desired).toMatchObject({ n: 3 });
  });

  test("a change of tags is none of desired properties", async () => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "tags", [TWIN_ANSWERS, DESIRED_CHANGES]);
    const before = await readTwin(device.client);
    await target.clients.registry.updateTwin(device.id, { tags: { floor: 2 } }, "*");
    expect(await readTwin(device.client)).toEqual(before);
  });

  test("Microsoft's client gives the whole desired properties once, and then each change", async () => {
    await using my = target.entries();
    const { id, keys } = await certifiedDevice(target, my, "events");
    await patchDesired(target, id, { fan: "on", old: 1 });
    await using device = await hubDevice(target, id, keys);
    const twin = await device.client.getTwin();
    const told: Properties[] = [];
    const changed = new Promise<void>((resolve) => {
      twin.on("properties.desired", (change: Properties) => {
        // The client goes on to change the object that it gave.
        told.push({ ...change });
        if (told.length === 2) resolve();
      });
    });
    await report(twin, { ready: true });
    await patchDesired(target, id, { fan: "off", old: null });
    await changed;
    const [whole, change] = told;
    expect(whole).toMatchObject({ fan: "on", old: 1 });
    expect(change).toEqual({ fan: "off", old: null, $version: versionOf(whole ?? {}) + 1 });
    expect(twin.properties.desired).toMatchObject({ fan: "off" });
  });

  test("Microsoft's client, which does not subscribe again when it comes back, is told of changes as before", async () => {
    await using my = target.entries();
    const known = await certifiedDevice(target, my, "back");
    await using device = await hubDevice(target, known.id, known.keys, { reconnects: true });
    const twin = await device.client.getTwin();
    const changed = new Promise<unknown>((resolve) => {
      twin.on("properties.desired.n", resolve);
    });
    await report(twin, { ready: true });
    // A newer connection takes over, and is taken over when the client is back.
    await using rival = await wireDevice(target, known, { clean: false });
    await rival.closed;
    await patchDesired(target, known.id, { n: 1 });
    expect(await changed).toBe(1);
    await report(twin, { n: 1 });
  });
});
