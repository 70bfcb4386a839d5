import { EventEmitter, once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rawDevice, registerRaw, registerWithSdk } from "./support/device.ts";
import { clientCertificates, signingCertificates } from "./support/entries.ts";
import type { TwoHubs } from "./support/two-hubs.ts";
import { enrolledDevice, twoHubs } from "./support/two-hubs.ts";
import { HAS_WEBHOOK, startWebhook } from "./support/webhook.ts";

let target: TwoHubs;
beforeAll(async () => {
  target = await twoHubs();
});
afterAll(() => target[Symbol.asyncDispose]());

describe.skipIf(!HAS_WEBHOOK)(
  "Custom allocation request (Microsoft Learn, Understand custom allocation policies with Azure IoT Hub Device Provisioning Service)",
  () => {
    test("DPS posts the enrollment group, the device and the linked hubs", async () => {
      await using my = target.entries();
      const { hostName } = target.second;
      await using hook = await startWebhook(() => ({
        status: 200,
        body: { iotHubHostName: hostName },
      }));
      const [group, id] = [my.name("group"), my.name("member")];
      const { certificatePem } = target.pki.intermediate;
      const more = { ...hook.policy, iotHubs: target.both };
      const { etag } = await my.group(group, signingCertificates(certificatePem), more);
      const keys = await target.pki.leaf(id);
      expect(await registerWithSdk(target, "MQTT", id, keys, { model: "cave" })).toMatchObject({
        assignedHub: hostName,
        deviceId: id,
        substatus: "initialAssignment",
      });
      expect(hook.calls).toEqual([
        {
          method: "POST",
          path: "/api/allocate?code=of-this-test",
          contentType: expect.stringContaining("application/json"),
          body: {
            enrollmentGroup: {
              enrollmentGroupId: group,
              attestation: { type: "x509" },
              capabilities: { iotEdge: false },
              etag: Buffer.from(String(etag), "base64").toString(),
              initialTwin: expect.anything(),
              provisioningStatus: "enabled",
              createdDateTimeUtc: expect.stringMatching(/Z$/),
              lastUpdatedDateTimeUtc: expect.stringMatching(/Z$/),
              ...more,
            },
            deviceRuntimeContext: { registrationId: id, x509: {}, payload: { model: "cave" } },
            linkedHubs: target.both,
          },
        },
      ]);
    });

    test("of an individual enrollment it posts that, and with it every linked hub where it names none", async () => {
      await using my = target.entries();
      const { hostName } = target.first;
      await using hook = await startWebhook(() => ({
        status: 200,
        body: { iotHubHostName: hostName },
      }));
      const said = { ...hook.policy, iotHubs: [] };
      const device = await enrolledDevice(target, my, "individual", said);
      await device.register();
      expect(hook.calls.map(({ body }) => body)).toEqual([
        {
          individualEnrollment: expect.objectContaining({
            registrationId: device.id,
            attestation: { type: "symmetricKey" },
          }),
          deviceRuntimeContext: { registrationId: device.id, symmetricKey: {} },
          linkedHubs: target.both,
        },
      ]);
    });

    test("a device that was assigned before is told with its hub and its device ID", async () => {
      await using my = target.entries();
      await using hook = await startWebhook((_call, count) => ({
        status: 200,
        body: { iotHubHostName: target.both[count - 1] },
      }));
      const deviceId = my.name("own-id");
      const said = { ...hook.policy, iotHubs: target.both, deviceId };
      const device = await enrolledDevice(target, my, "again", said);
      expect(await device.register()).toMatchObject({ assignedHub: target.first.hostName });
      expect(await device.register()).toMatchObject({
        assignedHub: target.second.hostName,
        substatus: "deviceDataMigrated",
      });
      const contexts = hook.calls.map(({ body }) =>
        Reflect.get(Object(body), "deviceRuntimeContext"),
      );
      expect(contexts).toEqual([
        { registrationId: device.id, symmetricKey: {} },
        {
          registrationId: device.id,
          symmetricKey: {},
          currentIotHubHostName: target.first.hostName,
          currentDeviceId: deviceId,
        },
      ]);
    });

    test("of a device that never moves the webhook is asked too, with its hub alone", async () => {
      await using my = target.entries();
      await using hook = await startWebhook((_call, count) => ({
        status: 200,
        body: { iotHubHostName: target.first.hostName, payload: { count } },
      }));
      const reprovisionPolicy = { updateHubAssignment: false, migrateDeviceData: false };
      const said = { ...hook.policy, iotHubs: target.both, reprovisionPolicy };
      const device = await enrolledDevice(target, my, "never", said);
      await device.register();
      expect(await device.register()).toMatchObject({
        assignedHub: target.first.hostName,
        payload: { count: 2 },
      });
      expect(hook.calls.map(({ body }) => Reflect.get(Object(body), "linkedHubs"))).toEqual([
        target.both,
        [target.first.hostName],
      ]);
    });
  },
);

describe.skipIf(!HAS_WEBHOOK)(
  "While a webhook is asked (REST API of the DPS device service, 2021-10-01)",
  () => {
    test("the device is told assigning, a second registration of it 409203, and others are not kept waiting", async () => {
      await using my = target.entries();
      const { hostName } = target.first;
      const gate = new EventEmitter();
      const asked = once(gate, "asked");
      await using hook = await startWebhook(async () => {
        gate.emit("asked");
        await once(gate, "answer");
        return { status: 200, body: { iotHubHostName: hostName } };
      });
      const id = my.name("slow");
      const keys = await target.pki.leaf(id);
      await my.individual(id, clientCertificates(keys.certificatePem), hook.policy);
      await using device = await rawDevice(target, "MQTT", id, keys);
      const { body } = await device.register();
      await asked;
      const operationId = String(body["operationId"]);
      expect(await device.poll(operationId)).toMatchObject({
        status: 202,
        retryAfterS: expect.any(Number),
        body: { status: "assigning", registrationState: { status: "assigning" } },
      });
      expect(await device.register()).toMatchObject({
        status: 409,
        body: { errorCode: 409203 },
      });
      const other = await enrolledDevice(target, my, "other");
      expect(await other.register()).toMatchObject({ assignedHub: hostName });
      const { dps } = target.clients;
      expect((await dps.getDeviceRegistrationState(id)).responseBody).toMatchObject({
        status: "assigning",
      });
      gate.emit("answer");
      const answers = await registerRaw({ ...device, register: () => device.poll(operationId) });
      expect(answers.at(-1)?.body).toMatchObject({ status: "assigned" });
    });
  },
);
