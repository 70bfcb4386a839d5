import { on } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HubDevice } from "./support/hub-device.ts";
import { hubDevice, report } from "./support/hub-device.ts";
import { askHub } from "./support/service-call.ts";
import type { HttpsAnswer, Target } from "./support/target.ts";
import { conformanceTarget } from "./support/target.ts";
import { thumbprintOf } from "./support/twins.ts";

let target: Target;
beforeAll(async () => {
  target = await conformanceTarget();
});
afterAll(() => target[Symbol.asyncDispose]());

type Sections = Readonly<Record<string, unknown>>;

async function put(deviceId: string, body: Sections, ifMatch?: string): Promise<HttpsAnswer> {
  return await askHub(target, {
    method: "PUT",
    path: `/twins/${encodeURIComponent(deviceId)}`,
    headers: ifMatch === undefined ? {} : { "if-match": ifMatch },
    body,
  });
}

async function patch(deviceId: string, sections: Sections, etag = "*") {
  return (await target.clients.registry.updateTwin(deviceId, sections, etag)).responseBody;
}

const twinOf = async (deviceId: string) =>
  (await target.clients.registry.getTwin(deviceId)).responseBody;

const desiredOf = (desired: Sections): Sections => ({ properties: { desired } });
const withoutMetadata = (section: Sections): Sections =>
  Object.fromEntries(Object.entries(section).filter(([key]) => key !== "$metadata"));

describe("Device twins (Microsoft Learn, Understand and use device twins in IoT Hub)", () => {
  test("a twin has the identity's properties, tags, desired and reported properties", async () => {
    await using my = target.entries();
    const deviceId = my.name("whole");
    const made = await my.identity(deviceId);
    const stamp = { $lastUpdated: expect.stringMatching(/Z$/) };
    expect(await twinOf(deviceId)).toMatchObject({
      deviceId,
      etag: expect.any(String),
      deviceEtag: made.etag,
      status: "enabled",
      statusUpdateTime: expect.stringMatching(/Z$/),
      connectionState: "Disconnected",
      lastActivityTime: expect.stringMatching(/Z$/),
      cloudToDeviceMessageCount: 0,
      authenticationType: "sas",
      x509Thumbprint: { primaryThumbprint: null, secondaryThumbprint: null },
      modelId: "",
      version: expect.any(Number),
      tags: {},
      properties: {
        desired: { $metadata: stamp, $version: 1 },
        reported: { $metadata: stamp, $version: 1 },
      },
      capabilities: { iotEdge: false },
    });
  });

  test("a twin is created and deleted with its identity", async () => {
    await using my = target.entries();
    const { registry } = target.clients;
    const deviceId = my.name("life");
    const unknown = { name: "DeviceNotFoundError" };
    for (const asking of [twinOf(deviceId), patch(deviceId, { tags: {} })])
      await expect(asking).rejects.toMatchObject(unknown);
    await my.identity(deviceId);
    await patch(deviceId, { tags: { n: 1 } });
    await registry.delete(deviceId);
    await expect(twinOf(deviceId)).rejects.toMatchObject(unknown);
    await my.identity(deviceId);
    expect(await twinOf(deviceId)).toMatchObject({
      tags: {},
      properties: { desired: { $version: 1 } },
    });
  });

  test("an update merges objects, replaces values and arrays, and removes what is null", async () => {
    await using my = target.entries();
    const deviceId = my.name("merge");
    await my.identity(deviceId);
    await patch(deviceId, desiredOf({ a: { b: 1, c: [1, 2] }, d: "x", e: 1 }));
    const twin = await patch(deviceId, {
      tags: { site: { hall: 1 } },
      ...desiredOf({ a: { b: null, c: [3] }, d: { f: true }, e: null }),
    });
    expect(twin.tags).toEqual({ site: { hall: 1 } });
    const { desired } = twin.properties;
    expect(withoutMetadata(desired)).toEqual({ a: { c: [3] }, d: { f: true }, $version: 3 });
    const stamp = { $lastUpdated: expect.stringMatching(/Z$/), $lastUpdatedVersion: 3 };
    expect(desired["$metadata"]).toEqual({
      ...stamp,
      a: { ...stamp, c: stamp },
      d: { ...stamp, f: stamp },
    });
    const { tags } = await patch(deviceId, { tags: { site: { hall: null, row: 2 } } });
    expect(tags).toEqual({ site: { row: 2 } });
  });

  test("metadata tells when each property was last updated", async () => {
    await using my = target.entries();
    const deviceId = my.name("metadata");
    await my.identity(deviceId);
    await patch(deviceId, desiredOf({ a: { b: 1 }, c: 1 }));
    const { desired } = (await patch(deviceId, desiredOf({ c: 2 }))).properties;
    expect(desired["$metadata"]).toMatchObject({
      $lastUpdatedVersion: 3,
      a: { $lastUpdatedVersion: 2, b: { $lastUpdatedVersion: 2 } },
      c: { $lastUpdatedVersion: 3 },
    });
  });

  test("a twin that is sent back whole updates what is the service's to write", async () => {
    await using my = target.entries();
    const deviceId = my.name("back");
    await my.identity(deviceId);
    await patch(deviceId, { tags: { n: 1 }, ...desiredOf({ fan: "on" }) });
    const read = await twinOf(deviceId);
    const sent: Sections = { ...JSON.parse(JSON.stringify(read)), tags: { n: 2 } };
    const changed = await patch(deviceId, sent, read.etag);
    expect(changed.tags).toEqual({ n: 2 });
    expect(changed.properties.desired).toMatchObject({ fan: "on" });
  });
});

describe("Optimistic concurrency (Microsoft Learn, Understand and use device twins, Optimistic concurrency)", () => {
  test("an update is done only where the ETag is that of the twin", async () => {
    await using my = target.entries();
    const deviceId = my.name("etag");
    await my.identity(deviceId);
    const read = await twinOf(deviceId);
    const first = { etag: read.etag };
    // Microsoft's client sends the ETag that the twin was read with.
    const { result: second } = await read.update({ tags: { n: 1 } });
    expect(second.etag).not.toBe(first.etag);
    const stale = { name: "InvalidEtagError", response: { statusCode: 412 } };
    await expect(patch(deviceId, { tags: { n: 2 } }, first.etag)).rejects.toMatchObject(stale);
    await patch(deviceId, { tags: { n: 3 } }, second.etag);
    await patch(deviceId, { tags: { n: 4 } }, "*");
    for (const tag of [first.etag, `"${second.etag}"`, "AAAA", '"', "W/"])
      expect(await put(deviceId, { tags: {} }, tag)).toMatchObject({
        status: 412,
        body: expect.stringContaining("ErrorCode:PreconditionFailed;"),
      });
    const { tags, etag } = await twinOf(deviceId);
    expect(tags).toEqual({ n: 4 });
    expect(await put(deviceId, { tags: { n: 5 } }, etag)).toMatchObject({ status: 200 });
    expect(await put(deviceId, { tags: { n: 6 } }, "*")).toMatchObject({ status: 200 });
  });

  test("the version counts updates of tags and desired properties, and the ETag follows it", async () => {
    await using my = target.entries();
    const { keys, deviceId } = await certified(my.name("version"), my);
    await using device = await hubDevice(target, deviceId, keys);
    const before = await twinOf(deviceId);
    await report(await device.client.getTwin(), { n: 1 });
    const reported = await twinOf(deviceId);
    expect(reported.properties.reported).toMatchObject({ n: 1, $version: 2 });
    expect(reported).toMatchObject({ version: versionOf(before), etag: before.etag });
    await patch(deviceId, { tags: { n: 1 } });
    const after = await patch(deviceId, desiredOf({ n: 1 }));
    expect(after).toMatchObject({ version: versionOf(before) + 2 });
    expect(after.properties.desired["$version"]).toBe(2);
  });
});

describe("Replacing (Microsoft Learn, IoT Hub REST API, Replace Twin)", () => {
  test("tags and desired properties are replaced as a whole", async () => {
    await using my = target.entries();
    const deviceId = my.name("replace");
    await my.identity(deviceId);
    await patch(deviceId, { tags: { old: 1 }, ...desiredOf({ old: { a: 1 }, kept: 1 }) });
    const given = { tags: { new: 1 }, ...desiredOf({ kept: 2, none: null }) };
    const answer = await put(deviceId, given);
    expect(answer.status).toBe(200);
    const twin = await twinOf(deviceId);
    expect(JSON.parse(answer.body)).toMatchObject({ deviceId, etag: twin.etag, tags: { new: 1 } });
    expect(twin.tags).toEqual({ new: 1 });
    const { desired } = twin.properties;
    expect(withoutMetadata(desired)).toEqual({ kept: 2, $version: 3 });
    const stamp = { $lastUpdated: expect.stringMatching(/Z$/), $lastUpdatedVersion: 3 };
    expect(desired["$metadata"]).toEqual({ ...stamp, kept: stamp });
  });

  test("a section that is left out stays as it is", async () => {
    await using my = target.entries();
    const deviceId = my.name("section");
    await my.identity(deviceId);
    await patch(deviceId, { tags: { n: 1 }, ...desiredOf({ fan: "on" }) });
    const before = (await twinOf(deviceId)).properties.desired;
    await put(deviceId, { tags: { m: 1 } });
    const tagged = await twinOf(deviceId);
    expect(tagged).toMatchObject({ tags: { m: 1 }, properties: { desired: before } });
    await put(deviceId, desiredOf({}));
    const emptied = await twinOf(deviceId);
    expect(emptied.tags).toEqual({ m: 1 });
    expect(withoutMetadata(emptied.properties.desired)).toEqual({ $version: 3 });
  });

  test("a connected device is told of the new desired properties", async () => {
    await using my = target.entries();
    const { keys, deviceId } = await certified(my.name("told"), my);
    await patch(deviceId, desiredOf({ old: 1 }));
    await using device = await hubDevice(target, deviceId, keys);
    const changes = await desiredChanges(device);
    await put(deviceId, desiredOf({ fan: "on" }));
    expect(await changes.next()).toEqual({ fan: "on", $version: 3 });
    await put(deviceId, { tags: { n: 1 } });
    await patch(deviceId, desiredOf({ fan: "off" }));
    expect(await changes.next()).toEqual({ fan: "off", $version: 4 });
  });
});

const nested = (levels: number): Sections => (levels === 1 ? { n: 1 } : { n: nested(levels - 1) });
const texts = (count: number): Sections =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`key-${n}`, "x".repeat(4000)]));

describe("Limits (Microsoft Learn, Understand and use device twins, Tags and properties format, Device twin size)", () => {
  test.for<readonly [string, Sections]>([
    ["a key with a dot", { tags: { "a.b": 1 } }],
    ["a key with a dollar sign", { tags: { $a: 1 } }],
    ["a key with a blank", desiredOf({ "a b": 1 })],
    ["a key with a control character", desiredOf({ "a\u0007": 1 })],
    ["a key of more than 1 KB", desiredOf({ ["k".repeat(1025)]: 1 })],
    ["a text of more than 4 KB", desiredOf({ text: "x".repeat(4097) })],
    ["an integer over the largest", desiredOf({ n: 4_503_599_627_370_496 })],
    ["an integer under the smallest", desiredOf({ n: -4_503_599_627_370_497 })],
    ["more than 10 levels", desiredOf(nested(11))],
    ["tags of more than 8 KB", { tags: texts(3) }],
    ["desired properties of more than 32 KB", desiredOf(texts(9))],
    ["tags that are no object", { tags: [1] }],
    ["desired properties that are no object", { properties: { desired: "x" } }],
  ])("%s: the whole update is refused with 400, and nothing is changed", async ([, sections]) => {
    await using my = target.entries();
    const deviceId = my.name("limit");
    await my.identity(deviceId);
    const before = await twinOf(deviceId);
    const good = sections["tags"] === undefined ? { tags: { good: 1 } } : desiredOf({ good: 1 });
    const refused = { name: "ArgumentError", response: { statusCode: 400 } };
    await expect(patch(deviceId, { ...good, ...sections })).rejects.toMatchObject(refused);
    expect(await put(deviceId, { ...good, ...sections })).toMatchObject({ status: 400 });
    expect(JSON.stringify(await twinOf(deviceId))).toBe(JSON.stringify(before));
  });

  test("what just fits is taken", async () => {
    await using my = target.entries();
    const deviceId = my.name("fits");
    await my.identity(deviceId);
    const desired = {
      ["k".repeat(1024)]: "x".repeat(4096),
      least: -4_503_599_627_370_496,
      most: 4_503_599_627_370_495,
      list: [1, "a", { b: true }],
      ...nested(10),
    };
    const twin = await patch(deviceId, { tags: texts(2), ...desiredOf(desired) });
    expect(twin.tags).toEqual(texts(2));
    expect(withoutMetadata(twin.properties.desired)).toEqual({ ...desired, $version: 2 });
  });
});

function versionOf(twin: object): number {
  const version: unknown = Reflect.get(twin, "version");
  if (typeof version !== "number") throw new TypeError("the twin has no version");
  return version;
}

async function certified(deviceId: string, my: ReturnType<Target["entries"]>) {
  const keys = await target.pki.leaf(deviceId);
  await my.identity(deviceId, thumbprintOf(keys));
  return { keys, deviceId };
}

/** The changes of desired properties that a device is told. */
async function desiredChanges({ client }: HubDevice): Promise<{ next(): Promise<unknown> }> {
  const twin = await client.getTwin();
  const told = on(twin, "properties.desired");
  const next = async (): Promise<unknown> => {
    const { value }: { value: unknown[] } = await told.next();
    return value[0];
  };
  // The client calls a new listener with what is known already.
  await next();
  // The subscription stands once a report that follows it is answered.
  await report(twin, {});
  return { next };
}
