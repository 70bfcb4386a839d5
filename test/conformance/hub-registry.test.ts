import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askHub } from "./support/service-call.ts";
import type { HttpsAnswer, Target } from "./support/target.ts";
import { conformanceTarget } from "./support/target.ts";

let target: Target;
beforeAll(async () => {
  target = await conformanceTarget();
});
afterAll(() => target[Symbol.asyncDispose]());

const hexDigits = (bytes: number): string => randomBytes(bytes).toString("hex").toUpperCase();
const newKey = (): string => randomBytes(32).toString("base64");
const selfSigned = (primaryThumbprint: string, secondaryThumbprint?: string) => ({
  type: "selfSigned",
  x509Thumbprint: { primaryThumbprint, secondaryThumbprint },
});
const pathOf = (deviceId: string): string => `/devices/${encodeURIComponent(deviceId)}`;

async function put(
  deviceId: string,
  more: Readonly<Record<string, unknown>> = {},
  ifMatch?: string,
): Promise<HttpsAnswer> {
  return await askHub(target, {
    method: "PUT",
    path: pathOf(deviceId),
    headers: ifMatch === undefined ? {} : { "if-match": ifMatch },
    body: { deviceId, ...more },
  });
}

const refused = (status: number, name: string) => ({
  status,
  body: expect.stringContaining(`ErrorCode:${name};`),
});

describe("Device identities (Microsoft Learn, IoT Hub REST API, Devices)", () => {
  test("an identity is created, read, updated and deleted", async () => {
    await using my = target.entries();
    const { registry } = target.clients;
    const deviceId = my.name("crud");
    const { responseBody: created } = await registry.create({ deviceId });
    expect(created).toMatchObject({
      deviceId,
      generationId: expect.stringMatching(/^\d+$/),
      etag: expect.any(String),
      connectionState: "Disconnected",
      status: "enabled",
      connectionStateUpdatedTime: expect.stringMatching(/Z$/),
      lastActivityTime: expect.stringMatching(/Z$/),
      cloudToDeviceMessageCount: 0,
      capabilities: { iotEdge: false },
      authentication: { type: "sas" },
    });
    expect((await registry.get(deviceId)).responseBody).toEqual(created);
    const { responseBody: updated } = await registry.update(
      Object.assign(created, { status: "disabled", statusReason: "stolen" }),
    );
    expect(updated).toMatchObject({ status: "disabled", statusReason: "stolen" });
    expect(updated.authentication).toEqual(created.authentication);
    expect(updated.etag).not.toBe(created.etag);
    expect(updated.statusUpdatedTime).not.toBe(created.statusUpdatedTime);
    await registry.delete(deviceId);
    for (const asking of [
      registry.get(deviceId),
      registry.delete(deviceId),
      registry.getTwin(deviceId),
    ])
      await expect(asking).rejects.toMatchObject({ name: "DeviceNotFoundError" });
  });

  test("keys that are not given are generated", async () => {
    await using my = target.entries();
    const { responseBody } = await target.clients.registry.create({ deviceId: my.name("keys") });
    const { primaryKey = "", secondaryKey = "" } = responseBody.authentication?.symmetricKey ?? {};
    expect(primaryKey).not.toBe(secondaryKey);
    for (const key of [primaryKey, secondaryKey])
      expect(Buffer.from(key, "base64").length).toBeGreaterThanOrEqual(16);
  });

  test("keys and thumbprints that are given are those of the device", async () => {
    await using my = target.entries();
    const symmetricKey = { primaryKey: newKey(), secondaryKey: newKey() };
    const sas = { type: "sas", symmetricKey };
    const sha1 = selfSigned(hexDigits(20), hexDigits(20));
    const sha256 = selfSigned(hexDigits(32));
    const byAuthority = { type: "certificateAuthority" };
    for (const [n, authentication] of [sas, sha1, sha256, byAuthority].entries()) {
      const made = await my.identity(my.name(`given-${n}`), authentication);
      expect(made.authentication).toMatchObject(JSON.parse(JSON.stringify(authentication)));
    }
  });

  test("an identity tells devices apart that had one id after another", async () => {
    await using my = target.entries();
    const { registry } = target.clients;
    const deviceId = my.name("twice");
    const first = await my.identity(deviceId);
    await registry.delete(deviceId);
    expect((await my.identity(deviceId)).generationId).not.toBe(first.generationId);
  });

  test("device ids are case-sensitive, and may have all of the documented marks", async () => {
    await using my = target.entries();
    const name = my.name("Marks-.%_*?!(),:=@$'");
    for (const deviceId of [name, name.toLowerCase()]) {
      const authentication = selfSigned(hexDigits(20));
      const made = await my.identity(deviceId, authentication);
      expect(made.deviceId).toBe(deviceId);
      const { responseBody } = await target.clients.registry.get(deviceId);
      expect(responseBody).toMatchObject({ deviceId, authentication: { type: "selfSigned" } });
    }
  });

  test("a device that exists is not created a second time", async () => {
    await using my = target.entries();
    const deviceId = my.name("again");
    await my.identity(deviceId);
    await expect(my.identity(deviceId)).rejects.toMatchObject({
      name: "DeviceAlreadyExistsError",
      response: { statusCode: 409 },
    });
  });

  test("the capability of Edge and the scopes are kept", async () => {
    await using my = target.entries();
    const edge = await my.identity(my.name("edge"), undefined, { capabilities: { iotEdge: true } });
    const deviceScope = `ms-azure-iot-edge://${edge.deviceId}-${edge.generationId}`;
    expect(edge).toMatchObject({ capabilities: { iotEdge: true }, deviceScope });
    const { deviceId } = await my.identity(my.name("leaf"), undefined, { deviceScope });
    const shown = { deviceId, deviceScope, capabilities: { iotEdge: false } };
    const { registry } = target.clients;
    expect((await registry.get(deviceId)).responseBody).toMatchObject(shown);
    expect((await registry.getTwin(deviceId)).responseBody).toMatchObject(shown);
  });

  test.for<readonly [string, Readonly<Record<string, unknown>>]>([
    ["a status that is none", { status: "asleep" }],
    ["a status reason of more than 128 characters", { statusReason: "x".repeat(129) }],
    ["a type that is none", { authentication: { type: "password" } }],
    [
      "a key that is no base64",
      { authentication: { type: "sas", symmetricKey: { primaryKey: "a b", secondaryKey: "a b" } } },
    ],
    ["a thumbprint of 39 digits", { authentication: selfSigned("A".repeat(39)) }],
    ["no thumbprint for selfSigned", { authentication: { type: "selfSigned" } }],
    ["a number for the status reason", { statusReason: 7 }],
    ["another id than the path's", { deviceId: "another" }],
  ])("an identity with %s is refused with 400", async ([, more]) => {
    await using my = target.entries();
    expect(await put(my.name("bad"), more)).toMatchObject({ status: 400 });
  });

  test.for([
    ["a slash", "a/b"],
    ["a blank", "a b"],
    ["a letter beyond ASCII", "ü"],
    ["129 characters", "x".repeat(129)],
  ] as const)("a device id with %s is refused with 400", async ([, deviceId]) => {
    expect(await put(deviceId)).toMatchObject(refused(400, "ArgumentInvalid"));
  });
});

describe("ETags of identities (Microsoft Learn, IoT Hub REST API, Devices, If-Match)", () => {
  test("an identity is replaced only where the ETag fits, quoted or not, or is *", async () => {
    await using my = target.entries();
    const deviceId = my.name("tags");
    let { etag: last = "" } = await my.identity(deviceId, { type: "certificateAuthority" });
    const more = { authentication: { type: "certificateAuthority" } };
    for (const write of [
      (tag: string) => tag,
      (tag: string) => `"${tag}"`,
      () => "*",
      () => '"*"',
    ]) {
      const stale = last;
      const answer = await put(deviceId, more, write(last));
      expect(answer.status).toBe(200);
      const body: { readonly etag: string } = JSON.parse(answer.body);
      last = body.etag;
      expect(last).not.toBe(stale);
      expect(await put(deviceId, more, `"${stale}"`)).toMatchObject(
        refused(412, "PreconditionFailed"),
      );
    }
  });

  test("an identity that is not there cannot be updated", async () => {
    await using my = target.entries();
    const update = target.clients.registry.update({ deviceId: my.name("nobody") });
    await expect(update).rejects.toMatchObject({ name: "DeviceNotFoundError" });
  });

  test("an identity is deleted only where the ETag fits; * deletes it unconditionally", async () => {
    await using my = target.entries();
    const deviceId = my.name("gone");
    const remove = async (ifMatch: string): Promise<HttpsAnswer> =>
      await askHub(target, {
        method: "DELETE",
        path: pathOf(deviceId),
        headers: { "if-match": ifMatch },
      });
    const { etag = "" } = await my.identity(deviceId);
    expect(await remove('"AAAAAAAAAAA="')).toMatchObject(refused(412, "PreconditionFailed"));
    expect(await remove(`"${etag}"`)).toMatchObject({ status: 204, body: "" });
    await my.identity(deviceId);
    expect(await remove("*")).toMatchObject({ status: 204 });
  });

  test("the ETag of the identity is not that of the twin", async () => {
    await using my = target.entries();
    const { registry } = target.clients;
    const deviceId = my.name("both");
    const { etag } = await my.identity(deviceId);
    const { responseBody: before } = await registry.getTwin(deviceId);
    expect(before).toMatchObject({ deviceEtag: etag });
    await registry.updateTwin(deviceId, { tags: { n: 1 } }, before.etag);
    expect((await registry.get(deviceId)).responseBody.etag).toBe(etag);
    const { responseBody: updated } = await registry.update({ deviceId });
    const { responseBody: after } = await registry.getTwin(deviceId);
    expect(after).toMatchObject({ deviceEtag: updated.etag, tags: { n: 1 } });
    expect(after.etag).not.toBe(before.etag);
  });
});

describe("Listing and counting (Microsoft Learn, IoT Hub REST API, Get Devices, Statistics)", () => {
  test("at most as many identities are listed as are asked for", async () => {
    await using my = target.entries();
    for (const name of ["list-1", "list-2"]) await my.identity(my.name(name));
    const list = async (query: string): Promise<unknown[]> => {
      const path = `/devices?${query}api-version=2021-04-12`;
      return JSON.parse((await askHub(target, { method: "GET", path })).body);
    };
    expect(await list("top=1&")).toHaveLength(1);
    expect((await list("top=0&")).length).toBeGreaterThan(1);
    expect((await list("top=1001&")).length).toBeGreaterThan(1);
    const { responseBody } = await target.clients.registry.list();
    expect(responseBody.length).toBeGreaterThan(1);
    expect(responseBody.length).toBeLessThanOrEqual(1000);
  });

  test("the statistics count identities, enabled and disabled", async () => {
    await using my = target.entries();
    await my.identity(my.name("on"));
    await my.identity(my.name("off"), undefined, { status: "disabled" });
    const { responseBody: counted } = await target.clients.registry.getRegistryStatistics();
    expect(counted.enabledDeviceCount).toBeGreaterThan(0);
    expect(counted.disabledDeviceCount).toBeGreaterThan(0);
    expect(counted.enabledDeviceCount + counted.disabledDeviceCount).toBe(counted.totalDeviceCount);
    const answer = await askHub(target, { method: "GET", path: "/statistics/service" });
    expect(JSON.parse(answer.body)).toEqual({ connectedDeviceCount: expect.any(Number) });
  });
});
