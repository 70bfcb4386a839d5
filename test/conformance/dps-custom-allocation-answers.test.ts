import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DpsAnswer } from "./support/device.ts";
import { rawDevice, registerRaw } from "./support/device.ts";
import type { Entries } from "./support/entries.ts";
import { clientCertificates } from "./support/entries.ts";
import { IS_LIVE } from "./support/target.ts";
import type { TwoHubs } from "./support/two-hubs.ts";
import { enrolledDevice, twoHubs } from "./support/two-hubs.ts";
import type { Webhook } from "./support/webhook.ts";
import { HAS_WEBHOOK, startWebhook } from "./support/webhook.ts";

let target: TwoHubs;
beforeAll(async () => {
  target = await twoHubs({
    webhookRetriesMax: 3,
    webhookRetryFirstMs: 2,
    webhookRetryGrowthMs: 2,
  });
});
afterAll(() => target[Symbol.asyncDispose]());

/** Enrolls a device with a certificate and lets it register to its end, without Microsoft's SDK. */
async function registered(
  my: Entries,
  hook: Pick<Webhook, "policy">,
  body?: string,
): Promise<{ readonly answers: readonly DpsAnswer[]; readonly state: unknown }> {
  const id = my.name("hook");
  const keys = await target.pki.leaf(id);
  await my.individual(id, clientCertificates(keys.certificatePem), {
    ...hook.policy,
    iotHubs: target.both,
  });
  await using device = await rawDevice(target, "MQTT", id, keys);
  const answers = await registerRaw(device, body);
  return { answers, state: answers.at(-1)?.body["registrationState"] };
}

describe.skipIf(!HAS_WEBHOOK)(
  "Custom allocation response (Microsoft Learn, Understand custom allocation policies with Azure IoT Hub Device Provisioning Service)",
  () => {
    test("hub, initial twin and payload of the answer are the device's", async () => {
      await using my = target.entries();
      const { hostName, registry } = target.second;
      await using hook = await startWebhook(() => ({
        status: 200,
        body: {
          iotHubHostName: hostName,
          initialTwin: { tags: { kind: "toaster" }, properties: { desired: { state: "ready" } } },
          payload: { greeting: ["hello"] },
        },
      }));
      const initialTwin = { tags: { site: "cave" }, properties: { desired: { fan: "on" } } };
      const said = { ...hook.policy, iotHubs: target.both, initialTwin };
      const device = await enrolledDevice(target, my, "twin", said);
      const payload = { greeting: ["hello"] };
      expect(await device.register()).toMatchObject({ assignedHub: hostName, payload });
      const { responseBody } = await registry.getTwin(device.id);
      expect(responseBody).toMatchObject({
        tags: { kind: "toaster" },
        properties: { desired: { state: "ready" } },
      });
      expect(responseBody.tags).not.toHaveProperty("site");
      const record = await target.clients.dps.getDeviceRegistrationState(device.id);
      expect(record.responseBody).toMatchObject({ payload });
    });

    test.for([
      ["no", {}],
      ["a null", { initialTwin: null, payload: null }],
    ] as const)("%s initial twin in it leaves the enrollment's", async ([, more]) => {
      await using my = target.entries();
      const { hostName, registry } = target.first;
      await using hook = await startWebhook(() => ({
        status: 200,
        body: { iotHubHostName: hostName, ...more },
      }));
      const initialTwin = { tags: { site: "cave" }, properties: { desired: { fan: "on" } } };
      const said = { ...hook.policy, initialTwin };
      const device = await enrolledDevice(target, my, "no-twin", said);
      expect(await device.register()).not.toHaveProperty("payload");
      expect((await registry.getTwin(device.id)).responseBody).toMatchObject({
        tags: { site: "cave" },
        properties: { desired: { fan: "on" } },
      });
    });

    test.for([
      ["migrates", true, "first"],
      ["is reset", false, "second"],
    ] as const)(
      "a device that %s has in its new hub the initial twin of the first or of the second answer",
      async ([, migrateDeviceData, wanted]) => {
        await using my = target.entries();
        await using hook = await startWebhook((_call, count) => ({
          status: 200,
          body: {
            iotHubHostName: target.both[count - 1],
            initialTwin: { tags: { answer: count === 1 ? "first" : "second" } },
          },
        }));
        const reprovisionPolicy = { updateHubAssignment: true, migrateDeviceData };
        const said = { ...hook.policy, iotHubs: target.both, reprovisionPolicy };
        const device = await enrolledDevice(target, my, "moved", said);
        await device.register();
        await device.register();
        expect((await target.second.registry.getTwin(device.id)).responseBody).toMatchObject({
          tags: { answer: wanted },
        });
      },
    );

    test.for([
      ["names no hub", { status: 200, body: {} }, 400208],
      ["names an empty hub", { status: 200, body: { iotHubHostName: "" } }, 400208],
      ["names null as the hub", { status: 200, body: { iotHubHostName: null } }, 400208],
      ["is 401", { status: 401, body: {} }, 400209],
      ["is 400", { status: 400, body: {} }, 400207],
      ["is 404", { status: 404, body: "no JSON" }, 400207],
      ["is 302", { status: 302, body: "" }, 400207],
    ] as const)("an answer that %s ends the registration", async ([, reply, errorCode]) => {
      await using my = target.entries();
      await using hook = await startWebhook(() => reply);
      const { answers, state } = await registered(my, hook);
      expect(state).toMatchObject({ status: "failed", errorCode });
      expect(answers.at(-1)).toMatchObject({ status: 200, body: { status: "failed" } });
      expect(hook.calls).toHaveLength(1);
    });

    test("the status code of any other answer is told", async () => {
      await using my = target.entries();
      await using hook = await startWebhook(() => ({ status: 418 }));
      const { state } = await registered(my, hook);
      const errorMessage = "Custom allocation failed with status code: 418";
      expect(state).toMatchObject({ status: "failed", errorCode: 400207, errorMessage });
    });
  },
);

describe.skipIf(!HAS_WEBHOOK)(
  "Custom allocation retries (Microsoft Learn, How to use custom allocation policies)",
  () => {
    test.for([429, 500, 503] as const)(
      "after %i DPS asks again, and the device keeps polling",
      async (status) => {
        await using my = target.entries();
        const { hostName } = target.first;
        await using hook = await startWebhook((_call, count) =>
          count === 1 ? { status } : { status: 200, body: { iotHubHostName: hostName } },
        );
        const { answers, state } = await registered(my, hook);
        expect(state).toMatchObject({ status: "assigned", assignedHub: hostName });
        expect(hook.calls).toHaveLength(2);
        expect(hook.calls[1]).toEqual(hook.calls[0]);
        const polled = answers.slice(1, -1);
        expect(polled.every(({ body }) => body["status"] === "assigning")).toBe(true);
      },
    );

    test.skipIf(IS_LIVE)("after its last retry the registration fails", async () => {
      await using my = target.entries();
      await using hook = await startWebhook(() => ({ status: 503 }));
      const { state } = await registered(my, hook);
      const errorMessage = "Custom allocation failed with status code: 503";
      expect(state).toMatchObject({ status: "failed", errorCode: 400207, errorMessage });
      expect(hook.calls).toHaveLength(4);
    });
  },
);
