import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { askHub } from "./support/service-call.ts";
import type { HttpsAnswer, Target } from "./support/target.ts";
import { conformanceTarget } from "./support/target.ts";

let target: Target;
beforeAll(async () => {
  target = await conformanceTarget();
});
afterAll(() => target[Symbol.asyncDispose]());

const bulk = async (body: unknown): Promise<HttpsAnswer> =>
  await askHub(target, { method: "POST", path: "/devices", body });

const bulkResult = z.strictObject({
  isSuccessful: z.boolean(),
  errors: z.array(
    z.object({ deviceId: z.string(), errorCode: z.number(), errorStatus: z.string() }),
  ),
  warnings: z.array(z.unknown()),
});

/** What went wrong, by device. */
async function errorsOf(
  items: readonly unknown[],
): Promise<readonly (readonly [string, number])[]> {
  const answer = await bulk(items);
  const { isSuccessful, errors } = bulkResult.parse(JSON.parse(answer.body));
  expect(answer.status).toBe(errors.length === 0 ? 200 : 400);
  expect(isSuccessful).toBe(errors.length === 0);
  return errors.map(({ deviceId, errorCode }) => [deviceId, errorCode] as const);
}

async function twinOf(deviceId: string) {
  const { responseBody: twin } = await target.clients.registry.getTwin(deviceId);
  return { tags: twin.tags, desired: twin.properties.desired, etag: twin.etag };
}

const DONE = { responseBody: { isSuccessful: true, errors: [], warnings: [] } };
const STALE = "AAAAAAAAAAA=";

describe("Bulk registry (Microsoft Learn, IoT Hub REST API, Update Registry)", () => {
  test("identities are created, updated and deleted many at a time", async () => {
    await using my = target.entries();
    const { registry } = target.clients;
    const devices = ["a", "b", "c"].map((name) => ({ deviceId: my.name(name) }));
    expect(await registry.addDevices(devices)).toMatchObject(DONE);
    const disabled = devices.map((device) => ({ ...device, status: "disabled" }));
    expect(await registry.updateDevices(disabled, true)).toMatchObject(DONE);
    for (const { deviceId } of devices)
      expect((await registry.get(deviceId)).responseBody.status).toBe("disabled");
    expect(await registry.removeDevices(devices, true)).toMatchObject(DONE);
    for (const { deviceId } of devices)
      await expect(registry.get(deviceId)).rejects.toMatchObject({ name: "DeviceNotFoundError" });
  });

  test("an operation that fails is told by device and number, and keeps no other", async () => {
    await using my = target.entries();
    const { registry } = target.clients;
    const [known, fresh] = [my.name("known"), my.name("fresh")];
    await my.identity(known);
    const add = registry.addDevices([{ deviceId: known }, { deviceId: fresh }]);
    await expect(add).rejects.toMatchObject({ name: "ArgumentError" });
    expect((await registry.get(fresh)).responseBody.deviceId).toBe(fresh);
    const answer = await bulk([{ id: known, importMode: "create" }]);
    expect(answer).toMatchObject({
      status: 400,
      headers: { "iothub-errorcode": "BulkRegistryOperationFailure" },
    });
    expect(bulkResult.parse(JSON.parse(answer.body))).toMatchObject({
      isSuccessful: false,
      errors: [{ deviceId: known, errorCode: 409001 }],
    });
  });

  test("different operations may be asked for different devices", async () => {
    await using my = target.entries();
    const [made, changed, gone] = [my.name("made"), my.name("changed"), my.name("gone")];
    for (const deviceId of [changed, gone]) await my.identity(deviceId);
    expect(
      await errorsOf([
        { id: made, importMode: "create" },
        { id: changed, importMode: "update", status: "disabled" },
        { id: gone, importMode: "delete" },
      ]),
    ).toEqual([]);
    const { registry } = target.clients;
    expect((await registry.get(made)).responseBody.status).toBe("enabled");
    expect((await registry.get(changed)).responseBody.status).toBe("disabled");
    await expect(registry.get(gone)).rejects.toMatchObject({ name: "DeviceNotFoundError" });
  });

  test("a device may be in the list only once", async () => {
    await using my = target.entries();
    const id = my.name("twice");
    expect(
      await bulk([
        { id, importMode: "create" },
        { id, importMode: "delete" },
      ]),
    ).toMatchObject({
      status: 400,
      body: expect.stringContaining("ErrorCode:DeviceDefinedMultipleTimes;"),
    });
    const asking = target.clients.registry.get(id);
    await expect(asking).rejects.toMatchObject({ name: "DeviceNotFoundError" });
  });

  test("a list of more than 100 devices is refused", async () => {
    const many = Array.from({ length: 101 }, (_, n) => ({ id: `many-${n}`, importMode: "create" }));
    expect(await bulk(many)).toMatchObject({
      status: 413,
      body: expect.stringContaining("ErrorCode:TooManyDevices;"),
    });
  });

  test.for<readonly [string, unknown]>([
    ["an empty list", []],
    ["an object", { id: "x" }],
    ["a device without id", [{ importMode: "create" }]],
    ["an import mode that is none", [{ id: "x", importMode: "replace" }]],
    ["text that is no JSON", "[{"],
  ])("%s is refused with 400", async ([, body]) => {
    expect(await bulk(body)).toMatchObject({
      status: 400,
      body: expect.stringContaining("ErrorCode:ArgumentInvalid;"),
    });
  });
});

describe("Import modes (Microsoft Learn, Import and export IoT Hub device identities in bulk)", () => {
  test("create registers a new device and refuses one that exists", async () => {
    await using my = target.entries();
    const id = my.name("create");
    expect(await errorsOf([{ id, importMode: "Create" }])).toEqual([]);
    expect(await errorsOf([{ id, importMode: "create" }])).toEqual([[id, 409001]]);
  });

  test("createOrUpdate does either, and is the default", async () => {
    await using my = target.entries();
    const id = my.name("either");
    for (const status of ["enabled", "disabled", "enabled"]) {
      const importMode = status === "disabled" ? "createOrUpdate" : undefined;
      expect(await errorsOf([{ id, importMode, status }])).toEqual([]);
      expect((await target.clients.registry.get(id)).responseBody.status).toBe(status);
    }
  });

  test("update and delete refuse a device that is not there", async () => {
    await using my = target.entries();
    const id = my.name("nobody");
    for (const importMode of ["update", "delete", "updateTwin"])
      expect(await errorsOf([{ id, importMode, tags: {} }])).toEqual([[id, 404001]]);
  });

  test("modes with IfMatchETag do so only where the ETag fits", async () => {
    await using my = target.entries();
    const { registry } = target.clients;
    const id = my.name("match");
    const { etag: first } = await my.identity(id);
    for (const importMode of ["updateIfMatchETag", "createOrUpdateIfMatchETag"]) {
      const { etag } = (await registry.get(id)).responseBody;
      expect(await errorsOf([{ id, importMode, eTag: STALE }])).toEqual([[id, 412001]]);
      expect(await errorsOf([{ id, importMode, eTag: etag }])).toEqual([]);
    }
    const { responseBody: device } = await registry.get(id);
    expect(device.etag).not.toBe(first);
    expect(await errorsOf([{ id, importMode: "DeleteIfMatchETag", eTag: STALE }])).toEqual([
      [id, 412001],
    ]);
    // Microsoft's client sends the ETag of the device as it was read.
    expect(await registry.updateDevices([device], false)).toMatchObject(DONE);
    await expect(registry.updateDevices([device], false)).rejects.toMatchObject({
      name: "ArgumentError",
    });
    const { responseBody: last } = await registry.get(id);
    expect(await registry.removeDevices([last], false)).toMatchObject(DONE);
  });

  test("twin data may come with the device that is created", async () => {
    await using my = target.entries();
    const id = my.name("with-twin");
    const tags = { site: "cave" };
    const properties = { desired: { fan: "on" } };
    expect(await errorsOf([{ id, importMode: "create", tags, properties }])).toEqual([]);
    expect(await twinOf(id)).toMatchObject({ tags, desired: properties.desired });
  });

  test("the twin's ETag counts for itself", async () => {
    await using my = target.entries();
    const id = my.name("twin-tag");
    await my.identity(id);
    const { etag: twinETag } = await twinOf(id);
    const write = { id, importMode: "createOrUpdate", status: "disabled", tags: { n: 1 } };
    expect(await errorsOf([{ ...write, twinETag: "AAAAAAAAAGM=" }])).toEqual([[id, 412001]]);
    const { registry } = target.clients;
    expect((await registry.get(id)).responseBody.status).toBe("enabled");
    expect(await errorsOf([{ ...write, twinETag }])).toEqual([]);
    expect((await registry.get(id)).responseBody.status).toBe("disabled");
    expect((await twinOf(id)).tags).toEqual({ n: 1 });
  });

  test("updateTwin writes the twin, updateTwinIfMatchETag where its ETag fits", async () => {
    await using my = target.entries();
    const id = my.name("twin");
    const { etag } = await my.identity(id);
    const tags = { n: 1 };
    expect(await errorsOf([{ id, importMode: "updateTwin", tags }])).toEqual([]);
    const { etag: twinETag, tags: read } = await twinOf(id);
    expect(read).toEqual(tags);
    const write = { id, importMode: "updateTwinIfMatchETag", tags: { n: 2 } };
    expect(await errorsOf([{ ...write, twinETag: "AAAAAAAAAGM=" }])).toEqual([[id, 412001]]);
    expect(await errorsOf([{ ...write, twinETag }])).toEqual([]);
    expect((await twinOf(id)).tags).toEqual({ n: 2 });
    expect((await target.clients.registry.get(id)).responseBody.etag).toBe(etag);
  });

  test("a device that cannot be is refused alone, and nothing of it is written", async () => {
    await using my = target.entries();
    const [good, bad] = [my.name("good"), my.name("bad")];
    const oversized = { big: "x".repeat(5000) };
    expect(
      await errorsOf([
        { id: bad, importMode: "create", tags: oversized },
        { id: "no id", importMode: "create" },
        { id: good, importMode: "create" },
      ]),
    ).toEqual([
      [bad, 400004],
      ["no id", 400004],
    ]);
    await expect(target.clients.registry.get(bad)).rejects.toMatchObject({
      name: "DeviceNotFoundError",
    });
    expect((await twinOf(good)).tags).toEqual({});
  });
});
