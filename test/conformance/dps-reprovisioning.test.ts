import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rawDevice, registerRaw, registerWithSdk } from "./support/device.ts";
import type { EntryBody } from "./support/entries.ts";
import { clientCertificates } from "./support/entries.ts";
import { hubDevice, report } from "./support/hub-device.ts";
import { HAS_TWO_HUBS } from "./support/target.ts";
import type { TwoHubs } from "./support/two-hubs.ts";
import { enrolledDevice, twoHubs } from "./support/two-hubs.ts";

let target: TwoHubs;
beforeAll(async () => {
  target = await twoHubs();
});
afterAll(() => target[Symbol.asyncDispose]());

const migrate = { updateHubAssignment: true, migrateDeviceData: true };
const reset = { updateHubAssignment: true, migrateDeviceData: false };
const never = { updateHubAssignment: false, migrateDeviceData: false };

const twinOf = (site: string, fan: string): EntryBody => ({
  initialTwin: { tags: { site }, properties: { desired: { fan } } },
  capabilities: { iotEdge: true },
});

/** A device in the first hub whose twin has changed in every part; its next registration leads to the second. */
async function changedDevice(
  my: ReturnType<TwoHubs["entries"]>,
  text: string,
  reprovisionPolicy: EntryBody | undefined,
) {
  const id = my.name(text);
  const keys = await target.pki.leaf(id);
  const enroll = (more: EntryBody): Promise<unknown> =>
    my.individual(id, clientCertificates(keys.certificatePem), { reprovisionPolicy, ...more });
  const register = () => registerWithSdk(target, "MQTT", id, keys);
  await enroll(twinOf("here", "on"));
  await register();
  await target.first.registry.updateTwin(
    id,
    { tags: { row: 7 }, properties: { desired: { fan: "off" } } },
    "*",
  );
  await using device = await hubDevice(target, id, keys);
  await report(await device.client.getTwin(), { seen: true });
  await enroll({ ...twinOf("there", "slow"), iotHubs: [target.second.hostName] });
  return { id, enroll, register };
}

describe.skipIf(!HAS_TWO_HUBS)(
  "Reprovisioning policies (Microsoft Learn, IoT Hub Device reprovisioning concepts)",
  () => {
    test.for([
      ["set", migrate],
      ["the default", undefined],
    ] as const)(
      "migrate, %s: a device that changes hubs takes its twin and capabilities along",
      async ([, policy]) => {
        await using my = target.entries();
        const { id, register } = await changedDevice(my, "migrate", policy);
        expect(await register()).toMatchObject({
          assignedHub: target.second.hostName,
          deviceId: id,
          substatus: "deviceDataMigrated",
        });
        await expect(target.first.registry.get(id)).rejects.toMatchObject({
          name: "DeviceNotFoundError",
        });
        expect((await target.second.registry.getTwin(id)).responseBody).toMatchObject({
          tags: { site: "here", row: 7 },
          properties: { desired: { fan: "off" }, reported: { seen: true } },
          capabilities: { iotEdge: true },
        });
      },
    );

    test("reset: a device that changes hubs gets the initial configuration of its enrollment", async () => {
      await using my = target.entries();
      const { id, register } = await changedDevice(my, "reset", reset);
      expect(await register()).toMatchObject({
        assignedHub: target.second.hostName,
        substatus: "deviceDataReset",
      });
      await expect(target.first.registry.get(id)).rejects.toMatchObject({
        name: "DeviceNotFoundError",
      });
      const { responseBody } = await target.second.registry.getTwin(id);
      expect(responseBody).toMatchObject({
        tags: { site: "there" },
        properties: { desired: { fan: "slow" } },
        capabilities: { iotEdge: true },
      });
      expect(responseBody.tags).not.toHaveProperty("row");
      expect(responseBody.properties.reported).not.toHaveProperty("seen");
    });

    test("never: a device is never assigned to another hub, and keeps its twin", async () => {
      await using my = target.entries();
      const { id, register } = await changedDevice(my, "never", never);
      expect(await register()).toMatchObject({ assignedHub: target.first.hostName });
      expect((await target.first.registry.getTwin(id)).responseBody).toMatchObject({
        tags: { site: "here", row: 7 },
        properties: { desired: { fan: "off" }, reported: { seen: true } },
      });
    });

    test("a device that keeps its hub keeps its twin, whatever the policy", async () => {
      await using my = target.entries();
      const { id, enroll, register } = await changedDevice(my, "stays", reset);
      await enroll(twinOf("there", "slow"));
      expect(await register()).toMatchObject({ assignedHub: target.first.hostName });
      expect((await target.first.registry.getTwin(id)).responseBody).toMatchObject({
        tags: { site: "here", row: 7 },
        properties: { desired: { fan: "off" }, reported: { seen: true } },
      });
    });

    test.for([
      ["2018-04-01", undefined, "first"],
      ["2018-11-01", undefined, "second"],
      ["2018-04-01", migrate, "second"],
    ] as const)(
      "API version %s with the policy %o: the device comes to the %s hub",
      async ([apiVersion, reprovisionPolicy, wanted]) => {
        await using my = target.entries();
        const id = my.name("legacy");
        const keys = await target.pki.leaf(id);
        const proof = clientCertificates(keys.certificatePem);
        const assignedHub = async (): Promise<unknown> => {
          await using device = await rawDevice(target, "MQTT", id, keys, { apiVersion });
          const answers = await registerRaw(device);
          return answers.at(-1)?.body["registrationState"];
        };
        await my.individual(id, proof, { reprovisionPolicy });
        expect(await assignedHub()).toMatchObject({ assignedHub: target.first.hostName });
        const iotHubs = [target.second.hostName];
        await my.individual(id, proof, { reprovisionPolicy, iotHubs });
        expect(await assignedHub()).toMatchObject({ assignedHub: target[wanted].hostName });
      },
    );
  },
);

describe("Registration records (Microsoft Learn, IoT Hub Device Provisioning Service concepts; REST API)", () => {
  test("a registration record keeps when it was created; its update time and its ETag change", async () => {
    await using my = target.entries();
    const { dps } = target.clients;
    const device = await enrolledDevice(target, my, "record");
    await device.register();
    const { responseBody: first } = await dps.getDeviceRegistrationState(device.id);
    await device.register();
    const { responseBody: second } = await dps.getDeviceRegistrationState(device.id);
    expect(second).toMatchObject({
      registrationId: device.id,
      createdDateTimeUtc: Reflect.get(first, "createdDateTimeUtc"),
      status: "assigned",
    });
    const times = [first, second].map((one) => String(Reflect.get(one, "lastUpdatedDateTimeUtc")));
    expect(times).toEqual(times.toSorted());
    expect(Reflect.get(second, "etag")).not.toBe(Reflect.get(first, "etag"));
  });

  test("the payload that a device sends does not come back where there is no webhook", async () => {
    await using my = target.entries();
    const device = await enrolledDevice(target, my, "payload");
    expect(await device.register({ model: "cave" })).not.toHaveProperty("payload");
    const { responseBody } = await target.clients.dps.getDeviceRegistrationState(device.id);
    expect(responseBody).not.toHaveProperty("payload");
  });
});

describe("Rolling certificates (Microsoft Learn, How to roll X.509 device certificates)", () => {
  test("a device that provisions again with a new certificate is known by it in its hub", async () => {
    await using my = target.entries();
    const id = my.name("rolled");
    const [old, fresh] = [await target.pki.leaf(id), await target.pki.leaf(id)];
    await my.individual(id, clientCertificates(old.certificatePem, fresh.certificatePem));
    await registerWithSdk(target, "MQTT", id, old);
    await registerWithSdk(target, "MQTT", id, fresh);
    const { responseBody } = await target.clients.registry.get(id);
    const thumbprint = new X509Certificate(fresh.certificatePem).fingerprint.replaceAll(":", "");
    expect(responseBody.authentication).toMatchObject({
      type: "selfSigned",
      x509Thumbprint: { primaryThumbprint: thumbprint },
    });
  });
});
