import { randomUUID } from "node:crypto";
import type { Message } from "azure-iot-device";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { deviceKeys, newSymmetricKey } from "../../src/emulator/dps/symmetric-keys.ts";
import type { IssuedLeaf } from "../../src/pki/certificate.ts";
import { sendCommand } from "./support/commands.ts";
import { registerWithSdk } from "./support/device.ts";
import type { Entries, EntryBody } from "./support/entries.ts";
import { clientCertificates, signingCertificates, symmetricKeys } from "./support/entries.ts";
import type { HubDevice } from "./support/hub-device.ts";
import { hubDevice, report } from "./support/hub-device.ts";
import { methodCaller } from "./support/methods.ts";
import type { TargetHub } from "./support/target.ts";
import { HAS_TWO_HUBS, OWNS_INSTANCE } from "./support/target.ts";
import type { TransportKind } from "./support/transports.ts";
import { TRANSPORTS } from "./support/transports.ts";
import { runQuery, untilIndexed } from "./support/twins.ts";
import type { TwoHubs } from "./support/two-hubs.ts";
import { linkHubs, seenFrom, twoHubs } from "./support/two-hubs.ts";

/** Registered in two groups, with certificates and with keys. */
const DEVICES = 20;

let target: TwoHubs;
beforeAll(async () => {
  target = await twoHubs();
});
afterAll(() => target[Symbol.asyncDispose]());

interface Member {
  readonly id: string;
  readonly secret: IssuedLeaf | { readonly symmetricKey: string };
  readonly kind: TransportKind;
  /** As DPS told it. */
  readonly hub: TargetHub;
}

const assignment = z.object({ assignedHub: z.string(), deviceId: z.string() });

async function registered({ id, secret, kind }: Omit<Member, "hub">): Promise<Member> {
  const told = assignment.parse(await registerWithSdk(target, kind, id, secret));
  expect(told.deviceId).toBe(id);
  const hub = target.hubs.find(({ hostName }) => hostName === told.assignedHub);
  if (hub === undefined) throw new Error(`assigned to ${told.assignedHub}`);
  return { id, secret, kind, hub };
}

/** Two groups over both hubs, and half of the devices in each; every one comes over the next transport. */
async function membersOf(my: Entries, batch: string): Promise<readonly Omit<Member, "hub">[]> {
  const keys = { primaryKey: newSymmetricKey(), secondaryKey: newSymmetricKey() };
  const more: EntryBody = {
    iotHubs: target.both,
    allocationPolicy: "hashed",
    initialTwin: { tags: { batch }, properties: { desired: { fan: "on" } } },
  };
  const { certificatePem } = target.pki.intermediate;
  await my.group(my.name("with-certificates"), signingCertificates(certificatePem), more);
  const { primaryKey, secondaryKey } = keys;
  await my.group(my.name("with-keys"), symmetricKeys(primaryKey, secondaryKey), more);
  return await Promise.all(
    Array.from({ length: DEVICES }, async (_, n) => {
      const id = my.name(`cave${n}`);
      const kind = TRANSPORTS[n % TRANSPORTS.length] ?? "MQTT";
      const secret =
        n % 2 === 0 ? await target.pki.leaf(id) : { symmetricKey: deviceKeys(keys, id).primaryKey };
      return { id, kind, secret };
    }),
  );
}

const connected = ({ id, secret, kind, hub }: Member): Promise<HubDevice> =>
  hubDevice(target, id, secret, {
    hub: hub.hostName,
    kind: kind === "HTTPS" ? "MQTT" : kind,
  });

/** A desired change down, a reported one up, a method, and a message, as one device and its service see them. */
async function workedWith({ id, hub }: Member, { client }: HubDevice): Promise<void> {
  const here = seenFrom(target, hub);
  const { registry } = hub;
  const twin = await client.getTwin();
  expect(twin.properties.desired).toMatchObject({ fan: "on" });
  const changed = new Promise((resolve) => twin.on("properties.desired.level", resolve));
  const message = new Promise<Message>((resolve) => client.on("message", resolve));
  client.onDeviceMethod("blink", (request, response) => {
    void response.send(200, { id, asked: request.payload });
  });
  await report(twin, { ready: true });

  const { responseBody: before } = await registry.getTwin(id);
  await registry.updateTwin(id, { properties: { desired: { level: 7 } } }, before.etag);
  expect(await changed).toBe(7);
  await report(twin, { level: 7 });
  expect((await registry.getTwin(id)).responseBody).toMatchObject({
    properties: { desired: { fan: "on", level: 7 }, reported: { ready: true, level: 7 } },
  });
  await expect(
    registry.updateTwin(id, { properties: { desired: { level: 8 } } }, before.etag),
  ).rejects.toMatchObject({ name: "InvalidEtagError", response: { statusCode: 412 } });

  const answer = await methodCaller(here)(id, { name: "blink", payload: { times: 2 } });
  expect(answer).toMatchObject({ status: 200, payload: { id, asked: { times: 2 } } });

  await sendCommand(here, id, { body: `for ${id}`, messageId: "m1" });
  const received = await message;
  expect(received.getData()).toEqual(Buffer.from(`for ${id}`));
  await client.complete(received);
}

const NOT_THERE = { response: { statusCode: 404 } };

// The clients are Microsoft's packages alone, but for sending to a device, which they do over AMQP.
describe.skipIf(!HAS_TWO_HUBS || !OWNS_INSTANCE)(
  "A fleet from its first enrollment to its end",
  () => {
    test("twenty devices over two hubs and three transports live through all of it", async () => {
      await using my = target.entries();
      const batch = randomUUID();
      const members = await membersOf(my, batch);
      const fleet = await Promise.all(members.map(registered));
      expect(new Set(fleet.map(({ hub }) => hub.hostName))).toEqual(new Set(target.both));

      const devices = await Promise.all(fleet.map(connected));
      await Promise.all(
        devices.map(async (device, n) => {
          const member = fleet[n];
          if (member === undefined) throw new Error(`no member ${n}`);
          await workedWith(member, device);
        }),
      );

      const found = await Promise.all(
        target.hubs.map(async (hub) => {
          const here = seenFrom(target, hub);
          const where = `tags.batch = '${batch}'`;
          await untilIndexed(here, where, fleet.filter((one) => one.hub === hub).length);
          const { items } = await runQuery(here, `SELECT deviceId FROM devices WHERE ${where}`);
          return items.map((item) => String(item["deviceId"]));
        }),
      );
      expect(found.flat().toSorted()).toEqual(fleet.map(({ id }) => id).toSorted());

      await shutOut(my, fleet[0], devices[0]);
      const moved = await removeSecondHub(fleet.slice(1));
      await Promise.all(devices.map((device) => device[Symbol.asyncDispose]()));
      await deletedAll(my, moved);
    });
  },
);

/** One device of a group is disabled by an entry of its own, and cut off where it is connected. */
async function shutOut(
  my: Entries,
  member: Member | undefined,
  device: HubDevice | undefined,
): Promise<void> {
  if (member === undefined || device === undefined || "symmetricKey" in member.secret)
    throw new TypeError("the first device has a certificate");
  const { certificatePem } = member.secret;
  await my.individual(member.id, clientCertificates(certificatePem), {
    provisioningStatus: "disabled",
  });
  await expect(registered(member)).rejects.toThrow("disabled");
  await member.hub.registry.delete(member.id);
  await device.disconnected;
  await expect(connected(member)).rejects.toMatchObject({ name: "UnauthorizedError" });
}

/** What was assigned to the second hub comes to the first one when that is all there is. */
async function removeSecondHub(fleet: readonly Member[]): Promise<readonly Member[]> {
  await linkHubs(target, [target.first]);
  const there = fleet.filter(({ hub }) => hub === target.second);
  const moved = await Promise.all(there.map(registered));
  expect(new Set(moved.map(({ hub }) => hub))).toEqual(new Set([target.first]));
  await Promise.all(
    moved.map(async (member) => {
      await using device = await connected(member);
      expect((await device.client.getTwin()).properties.desired).toMatchObject({ fan: "on" });
    }),
  );
  await linkHubs(target, target.hubs);
  return [...fleet.filter(({ hub }) => hub === target.first), ...moved];
}

/** Groups, records and identities are deleted, and then not there. */
async function deletedAll(my: Entries, fleet: readonly Member[]): Promise<void> {
  const { dps } = target.clients;
  await my[Symbol.asyncDispose]();
  await Promise.all(
    fleet.map(async ({ id, hub, kind, secret }) => {
      await expect(dps.getDeviceRegistrationState(id)).rejects.toMatchObject(NOT_THERE);
      await expect(hub.registry.get(id)).rejects.toMatchObject(NOT_THERE);
      await expect(registerWithSdk(target, kind, id, secret)).rejects.toBeInstanceOf(Error);
    }),
  );
}
