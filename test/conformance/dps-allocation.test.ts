import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deviceKeys, newSymmetricKey } from "../../src/emulator/dps/symmetric-keys.ts";
import { registerWithSdk } from "./support/device.ts";
import type { Entries, EntryBody } from "./support/entries.ts";
import { symmetricKeys } from "./support/entries.ts";
import { HAS_MANAGEMENT, HAS_TWO_HUBS, IS_LIVE } from "./support/target.ts";
import type { TwoHubs } from "./support/two-hubs.ts";
import { enrolledDevice, linkHubs, twoHubs } from "./support/two-hubs.ts";

/** How far the hubs are from the devices of this file, where the emulator is in this process. */
const FAR_MS = 80;
const NEAR_MS = 20;

let target: TwoHubs;
beforeAll(async () => {
  const [near, far] = ["second-hub.azure-devices.net", "cheesecave-hub.azure-devices.net"];
  target = await twoHubs({ latencies: { [near]: NEAR_MS, [far]: FAR_MS } });
});
afterAll(() => target[Symbol.asyncDispose]());

/** Registers devices of a new group at once; gives the hub of each. */
async function hubsOf(my: Entries, count: number, more: EntryBody): Promise<readonly string[]> {
  const keys = { primaryKey: newSymmetricKey(), secondaryKey: newSymmetricKey() };
  await my.group(my.name("group"), symmetricKeys(keys.primaryKey, keys.secondaryKey), more);
  const ids = Array.from({ length: count }, (_, n) => my.name(`d${n}`));
  const told = await Promise.all(
    ids.map((id) => {
      const symmetricKey = deviceKeys(keys, id).primaryKey;
      return registerWithSdk(target, "HTTPS", id, { symmetricKey });
    }),
  );
  return told.map((result) =>
    typeof result === "object" && result !== null && "assignedHub" in result
      ? String(result.assignedHub)
      : "none",
  );
}

/** What happens to the instance is seen by everyone; where it is shared, its settings are left alone. */
const MAY_CHANGE_INSTANCE = HAS_MANAGEMENT && !IS_LIVE;

/** Sets the links and the policy of the instance for the time of `act`. */
async function withInstance(
  change: {
    readonly allocationPolicy?: string;
    /** By host name; a hub that is left out is not linked. */
    readonly links?: Readonly<Record<string, EntryBody>>;
  },
  act: () => Promise<void>,
): Promise<void> {
  const { links } = change;
  const linked = target.hubs
    .filter(({ hostName }) => links === undefined || links[hostName] !== undefined)
    .map((hub) => ({ ...hub, settings: links?.[hub.hostName] ?? {} }));
  try {
    await linkHubs(target, linked, change.allocationPolicy);
    await act();
  } finally {
    await linkHubs(target, target.hubs);
  }
}

describe.skipIf(!HAS_TWO_HUBS)(
  "Allocation policies (Microsoft Learn, How to use allocation policies to provision devices across IoT hubs)",
  () => {
    test("static: devices are provisioned to the single hub that the enrollment names", async () => {
      await using my = target.entries();
      for (const { hostName, registry } of [target.first, target.second]) {
        const said = { allocationPolicy: "static", iotHubs: [hostName] };
        const device = await enrolledDevice(target, my, "static", said);
        expect(await device.register()).toMatchObject({ assignedHub: hostName });
        expect((await registry.get(device.id)).responseBody).toMatchObject({
          deviceId: device.id,
        });
      }
    });

    test("static: the enrollment must name exactly one hub", async () => {
      await using my = target.entries();
      for (const iotHubs of [[], target.both])
        await expect(
          my.individual(my.name("static"), symmetricKeys(), {
            allocationPolicy: "static",
            iotHubs,
          }),
        ).rejects.toMatchObject({ response: { statusCode: 400 } });
    });

    test("evenly weighted: hubs of the same weight all get devices, and a device gets the same one again", async () => {
      await using my = target.entries();
      const hubs = await hubsOf(my, 30, { allocationPolicy: "hashed", iotHubs: target.both });
      expect(new Set(hubs)).toEqual(new Set(target.both));
      const said = { allocationPolicy: "hashed", iotHubs: target.both };
      const device = await enrolledDevice(target, my, "again", said);
      const first = await device.register();
      expect(first).toMatchObject({ assignedHub: expect.any(String) });
      const { assignedHub } = Object.assign({ assignedHub: "" }, first);
      expect(await device.register()).toMatchObject({ assignedHub });
    });

    test("the policy applies to the hubs that the enrollment names, else to all that are linked", async () => {
      await using my = target.entries();
      const { hostName } = target.second;
      expect(await hubsOf(my, 4, { allocationPolicy: "hashed", iotHubs: [hostName] })).toEqual(
        Array.from({ length: 4 }, () => hostName),
      );
      const all = await hubsOf(my, 30, { allocationPolicy: "hashed", iotHubs: [] });
      expect(new Set(all)).toEqual(new Set(target.both));
    });

    test("an enrollment without a policy follows that of the instance, which hashes at first", async () => {
      await using my = target.entries();
      expect(new Set(await hubsOf(my, 30, { iotHubs: target.both }))).toEqual(new Set(target.both));
    });

    test.skipIf(IS_LIVE)("lowest latency: devices come to the nearest hub", async () => {
      await using my = target.entries();
      const hubs = await hubsOf(my, 8, { allocationPolicy: "geoLatency", iotHubs: [] });
      expect(new Set(hubs)).toEqual(new Set([target.second.hostName]));
    });

    test("a change of the hubs counts for registrations that come later", async () => {
      await using my = target.entries();
      const device = await enrolledDevice(target, my, "later");
      expect(await device.register()).toMatchObject({ assignedHub: target.first.hostName });
      await device.enroll({ iotHubs: [target.second.hostName] });
      const { dps } = target.clients;
      expect((await dps.getDeviceRegistrationState(device.id)).responseBody).toMatchObject({
        assignedHub: target.first.hostName,
      });
      expect(await device.register()).toMatchObject({ assignedHub: target.second.hostName });
    });

    test("custom: the enrollment must have a webhook", async () => {
      await using my = target.entries();
      for (const customAllocationDefinition of [undefined, {}, { webhookUrl: "x" }])
        await expect(
          my.individual(my.name("custom"), symmetricKeys(), {
            allocationPolicy: "custom",
            customAllocationDefinition,
          }),
        ).rejects.toMatchObject({ response: { statusCode: 400 } });
    });
  },
);

describe.skipIf(!HAS_TWO_HUBS || !MAY_CHANGE_INSTANCE)(
  "The instance's default policy (Microsoft Learn, How to use allocation policies to provision devices across IoT hubs)",
  () => {
    test("changing the default policy changes how devices come through enrollments without one", async () => {
      await using my = target.entries();
      await withInstance({ allocationPolicy: "GeoLatency" }, async () => {
        const hubs = await hubsOf(my, 6, { iotHubs: [] });
        expect(new Set(hubs)).toEqual(new Set([target.second.hostName]));
        const own = await hubsOf(my, 30, { allocationPolicy: "hashed", iotHubs: [] });
        expect(new Set(own)).toEqual(new Set(target.both));
      });
    });

    test("with static as the default, enrollments that rely on it must name a hub", async () => {
      await using my = target.entries();
      await withInstance({ allocationPolicy: "Static" }, async () => {
        const named = { iotHubs: [target.second.hostName] };
        expect(await hubsOf(my, 1, named)).toEqual([target.second.hostName]);
        await expect(hubsOf(my, 1, { iotHubs: [] })).rejects.toThrow("registration failed");
      });
    });

    test("custom cannot be the default", async () => {
      await expect(
        withInstance({ allocationPolicy: "Custom" }, async () => {}),
      ).rejects.toMatchObject({ statusCode: 400 });
    });
  },
);

describe.skipIf(!HAS_TWO_HUBS || !MAY_CHANGE_INSTANCE)(
  "Linked hubs (Microsoft Learn, How to link and manage IoT hubs)",
  () => {
    test("a higher weight makes a hub more likely", async () => {
      await using my = target.entries();
      const [first = "", second = ""] = target.both;
      const links = { [first]: { allocationWeight: 1 }, [second]: { allocationWeight: 1000 } };
      await withInstance({ links }, async () => {
        const hubs = await hubsOf(my, 20, { allocationPolicy: "hashed", iotHubs: [] });
        // Two of twenty would come to the first once in five thousand times.
        expect(hubs.filter((hub) => hub === second).length).toBeGreaterThan(17);
      });
    });

    test("no devices are assigned to a hub that policies do not apply to, also where an enrollment names it", async () => {
      await using my = target.entries();
      const [first = "", second = ""] = target.both;
      const links = { [first]: {}, [second]: { applyAllocationPolicy: false } };
      await withInstance({ links }, async () => {
        const hubs = await hubsOf(my, 8, { allocationPolicy: "hashed", iotHubs: target.both });
        expect(new Set(hubs)).toEqual(new Set([first]));
        const only = { allocationPolicy: "hashed", iotHubs: [second] };
        await expect(hubsOf(my, 1, only)).rejects.toThrow("registration failed");
      });
    });

    test("a hub that is linked takes part at once, and one that is not linked any more does not", async () => {
      await using my = target.entries();
      const [first = "", second = ""] = target.both;
      const said = { allocationPolicy: "hashed", iotHubs: [] };
      await withInstance({ links: { [first]: {} } }, async () => {
        expect(new Set(await hubsOf(my, 8, said))).toEqual(new Set([first]));
        await expect(
          my.individual(my.name("unlinked"), symmetricKeys(), { iotHubs: [second] }),
        ).rejects.toMatchObject({ response: { statusCode: 400 } });
      });
      expect(new Set(await hubsOf(my, 30, said))).toEqual(new Set([first, second]));
    });

    test("an enrollment that names a hub which is not linked any more assigns to the others, and fails without", async () => {
      await using my = target.entries();
      const [first = "", second = ""] = target.both;
      const either = await enrolledDevice(target, my, "either", { iotHubs: [first, second] });
      const only = await enrolledDevice(target, my, "only", { iotHubs: [second] });
      await withInstance({ links: { [first]: {} } }, async () => {
        expect(await either.register()).toMatchObject({ assignedHub: first });
        await expect(only.register()).rejects.toThrow("registration failed");
        const { dps } = target.clients;
        expect((await dps.getDeviceRegistrationState(only.id)).responseBody).toMatchObject({
          status: "failed",
          errorCode: 400208,
        });
      });
      expect(await only.register()).toMatchObject({ assignedHub: second });
    });
  },
);
