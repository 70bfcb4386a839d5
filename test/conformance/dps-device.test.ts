import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DeviceKeys } from "../integration/emulator-wire.ts";
import { connectPacket, publishPacket, subscribePacket } from "../integration/emulator-wire.ts";
import type { DpsAnswer } from "./support/device.ts";
import { rawDevice, readAnswer, registerRaw, registerWithSdk, userName } from "./support/device.ts";
import type { Entries } from "./support/entries.ts";
import { signingCertificates } from "./support/entries.ts";
import type { Target } from "./support/target.ts";
import { conformanceTarget } from "./support/target.ts";
import { MQTT_TRANSPORTS, TRANSPORTS } from "./support/transports.ts";

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,7}Z$/;
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

let target: Target;
let group: Entries;
beforeAll(async () => {
  target = await conformanceTarget();
  group = target.entries();
  const { certificatePem } = target.pki.intermediate;
  await group.group(group.name("dps-device"), signingCertificates(certificatePem));
});
afterAll(async () => {
  await group[Symbol.asyncDispose]();
  await target[Symbol.asyncDispose]();
});

/** A device of the group, with names of its own. */
async function newDevice(
  text: string,
): Promise<{ readonly my: Entries; readonly id: string; readonly keys: DeviceKeys }> {
  const my = target.entries();
  const id = my.name(text);
  return { my, id, keys: await target.pki.leaf(id) };
}

describe("Microsoft Learn, Communicate with your DPS using the MQTT protocol", () => {
  test.for(MQTT_TRANSPORTS)(
    "DPS keeps no session: CONNACK over %s says session-present 0 also to clean session 0",
    async (kind) => {
      const { my, id, keys } = await newDevice("session");
      await using _ = my;
      for (const clean of [false, false, true]) {
        await using client = await target.wire(kind, target.provisioningHost, keys);
        client.send(connectPacket(id, userName(target.idScope, id), { clean }));
        expect(await client.next()).toMatchObject({ returnCode: 0, sessionPresent: false });
      }
    },
  );

  test.for(MQTT_TRANSPORTS)(
    "the registration ID, the client ID and the subject common name must be one (%s)",
    async (kind) => {
      const { my, id, keys } = await newDevice("names");
      await using _ = my;
      const other = my.name("other");
      const pairs: [string, string][] = [
        [other, id],
        [id, other],
        [other, other],
      ];
      for (const [clientId, registrationId] of pairs) {
        await using client = await target.wire(kind, target.provisioningHost, keys);
        client.send(connectPacket(clientId, userName(target.idScope, registrationId)));
        expect(await client.next()).toMatchObject({ cmd: "connack", returnCode: 5 });
      }
    },
  );

  test.for(MQTT_TRANSPORTS)(
    "a device without certificate and without password is not authorized (%s)",
    async (kind) => {
      await using my = target.entries();
      const id = my.name("nothing");
      await using client = await target.wire(kind, target.provisioningHost);
      client.send(connectPacket(id, userName(target.idScope, id)));
      expect(await client.next()).toMatchObject({ cmd: "connack", returnCode: 5 });
    },
  );

  test.for(MQTT_TRANSPORTS)("a SUBSCRIBE at QoS 2 is granted QoS 1 (%s)", async (kind) => {
    const { my, id, keys } = await newDevice("qos");
    await using _ = my;
    await using client = await target.wire(kind, target.provisioningHost, keys);
    client.send(connectPacket(id, userName(target.idScope, id)));
    await client.next();
    client.send(subscribePacket("$dps/registrations/res/#", 2));
    expect(await client.next()).toMatchObject({ cmd: "suback", granted: [1] });
  });

  test.for(MQTT_TRANSPORTS)(
    "a register request is acknowledged first; its answer names status, $rid as sent, and retry-after, at QoS 1 (%s)",
    async (kind) => {
      const { my, id, keys } = await newDevice("order");
      await using _ = my;
      await using client = await target.wire(kind, target.provisioningHost, keys);
      client.send(connectPacket(id, userName(target.idScope, id)));
      await client.next();
      client.send(subscribePacket("$dps/registrations/res/#"));
      await client.next();
      const rid = "8A2f-3b.c_1";
      const topic = `$dps/registrations/PUT/iotdps-register/?$rid=${rid}`;
      client.send(publishPacket(topic, JSON.stringify({ registrationId: id }), { messageId: 77 }));
      expect(await client.next()).toMatchObject({ cmd: "puback", messageId: 77 });
      const answer = await client.nextPublish();
      expect(answer.qos).toBe(1);
      expect(answer.topic).toMatch(
        /^\$dps\/registrations\/res\/202\/\?\$rid=8A2f-3b\.c_1&retry-after=\d+$/,
      );
      expect(readAnswer(answer).body).toMatchObject({ status: "assigning" });
    },
  );
});

describe("device.json 2021-10-01 (RegistrationOperationStatus, DeviceRegistrationResult)", () => {
  test.for(TRANSPORTS)(
    "Microsoft's provisioning client registers over %s, and again with the same hub",
    async (kind) => {
      const { my, id, keys } = await newDevice("sdk");
      await using _ = my;
      const expected = { registrationId: id, deviceId: id, status: "assigned", x509: {} };
      const first = await registerWithSdk(target, kind, id, keys);
      expect(first).toMatchObject({ ...expected, substatus: "initialAssignment" });
      expect(await registerWithSdk(target, kind, id, keys)).toMatchObject({
        ...expected,
        assignedHub: Reflect.get(Object(first), "assignedHub"),
      });
    },
  );

  test.for(TRANSPORTS)("a registration is assigning, and then assigned (%s)", async (kind) => {
    const { my, id, keys } = await newDevice("states");
    await using _ = my;
    await using device = await rawDevice(target, kind, id, keys);
    const answers = await registerRaw(device, JSON.stringify({ registrationId: id }));
    const [first, ...polls] = answers;
    const operationId: unknown = first?.body["operationId"];
    expect(first?.status).toBe(202);
    expect(first?.retryAfterS).toBeGreaterThanOrEqual(0);
    expect(first?.body).toEqual({ operationId: expect.any(String), status: "assigning" });
    const running = { registrationId: id, status: "assigning" };
    for (const poll of polls.slice(0, -1))
      expect(poll).toMatchObject({
        status: 202,
        retryAfterS: expect.any(Number),
        body: { operationId, status: "assigning", registrationState: running },
      });
    const last = polls.at(-1);
    expect(last).toMatchObject({ status: 200, retryAfterS: undefined });
    expect(last?.body).toEqual({
      operationId,
      status: "assigned",
      registrationState: {
        x509: {},
        registrationId: id,
        createdDateTimeUtc: expect.stringMatching(DATE),
        assignedHub: target.hub,
        deviceId: id,
        status: "assigned",
        substatus: "initialAssignment",
        lastUpdatedDateTimeUtc: expect.stringMatching(DATE),
        etag: expect.any(String),
      },
    });
  });

  test.for(TRANSPORTS)(
    "a device may come to the instance's own name as to the global one (%s)",
    async (kind) => {
      const { my, id, keys } = await newDevice("instance");
      await using _ = my;
      await using device = await rawDevice(target, kind, id, keys, { host: target.dpsHost });
      expect((await registerRaw(device)).at(-1)).toMatchObject({
        status: 200,
        body: { status: "assigned" },
      });
    },
  );

  test.for(
    TRANSPORTS.flatMap((kind) =>
      [
        ["no body", undefined],
        ["an empty object", "{}"],
        ["a payload alone", '{"payload":{"modelId":"dtmi:com:example:Cave;1"}}'],
        ["a payload that is no object", '{"payload":[1,"ü",null]}'],
      ].map(([name, body]) => [kind, name, body] as const),
    ),
  )("over %s a register request may have %s", async ([kind, , body]) => {
    const { my, id, keys } = await newDevice("body");
    await using _ = my;
    await using device = await rawDevice(target, kind, id, keys);
    expect(await device.register(body)).toMatchObject({ status: 202 });
  });

  test.for(TRANSPORTS)(
    "a disabled enrollment is status 200 with `disabled` and an empty operation ID (%s)",
    async (kind) => {
      const { my, id, keys } = await newDevice("disabled");
      await using _ = my;
      await my.individual(
        id,
        { type: "symmetricKey", symmetricKey: {} },
        { provisioningStatus: "disabled" },
      );
      await using device = await rawDevice(target, kind, id, keys);
      expect(await device.register()).toEqual({
        status: 200,
        retryAfterS: undefined,
        body: {
          operationId: "",
          status: "disabled",
          registrationState: { registrationId: id, status: "disabled" },
        },
      });
      await expect(registerWithSdk(target, kind, id, keys)).rejects.toThrow("disabled");
    },
  );
});

const fault = (status: number, errorCode: number): DpsAnswer => ({
  status,
  retryAfterS: undefined,
  body: {
    errorCode,
    trackingId: expect.stringMatching(GUID),
    message: expect.any(String),
    timestampUtc: expect.stringMatching(DATE),
  },
});

describe("the error catalogue (ProvisioningServiceErrorDetails; SDK sources and tests)", () => {
  test.for(TRANSPORTS)(
    "a chain that leads to no enrollment is refused by 401002 (%s)",
    async (kind) => {
      await using my = target.entries();
      const id = my.name("stranger");
      const keys = await target.pki.leaf(id, { signer: target.pki.otherRoot });
      await using device = await rawDevice(target, kind, id, keys);
      expect(await device.register()).toEqual(fault(401, 401_002));
      await expect(registerWithSdk(target, kind, id, keys)).rejects.toBeInstanceOf(Error);
    },
  );

  test.for(TRANSPORTS)(
    "an operation ID that DPS does not know is refused by 404203 (%s)",
    async (kind) => {
      const { my, id, keys } = await newDevice("operation");
      await using _ = my;
      await using device = await rawDevice(target, kind, id, keys);
      await registerRaw(device);
      const unknown = "4.d0a671905ea5b2c8.42d78160-4c78-479e-8be7-61d5e55dac0d";
      expect(await device.poll(unknown)).toEqual(fault(404, 404_203));
    },
  );

  test.for(TRANSPORTS)("the operation of another device is not found (%s)", async (kind) => {
    const { my, id, keys } = await newDevice("mine");
    await using _ = my;
    const otherId = my.name("theirs");
    await using mine = await rawDevice(target, kind, id, keys);
    await using theirs = await rawDevice(target, kind, otherId, await target.pki.leaf(otherId));
    const { body } = await theirs.register();
    expect(await mine.poll(String(body["operationId"]))).toEqual(fault(404, 404_203));
  });

  test.for(TRANSPORTS)("a body that is no JSON is refused by a code of 400 (%s)", async (kind) => {
    const { my, id, keys } = await newDevice("nojson");
    await using _ = my;
    await using device = await rawDevice(target, kind, id, keys);
    const answer = await device.register('{"registrationId":');
    expect(String(answer.body["errorCode"])).toMatch(/^400/);
    expect(answer.status).toBe(400);
  });

  test.for(TRANSPORTS)("a device of an unknown ID scope is not registered (%s)", async (kind) => {
    const { my, id, keys } = await newDevice("scope");
    await using _ = my;
    const elsewhere: Target = { ...target, idScope: "0ne00000000" };
    await expect(registerWithSdk(elsewhere, kind, id, keys)).rejects.toBeInstanceOf(Error);
  });
});

test("a message of more than 96 KB is not taken (DPS quotas and limits)", async () => {
  const { my, id, keys } = await newDevice("large");
  await using _ = my;
  const body = JSON.stringify({ registrationId: id, payload: "x".repeat(96 * 1024) });
  for (const kind of MQTT_TRANSPORTS) {
    await using device = await rawDevice(target, kind, id, keys);
    await expect(device.register(body)).rejects.toThrow("closed");
  }
  await using device = await rawDevice(target, "HTTPS", id, keys);
  expect((await device.register(body)).status).toBeGreaterThanOrEqual(400);
});
