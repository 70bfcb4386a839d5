import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deviceKeys, newSymmetricKey } from "../../src/emulator/dps/symmetric-keys.ts";
import { sasSignature } from "../../src/emulator/sas-token.ts";
import type { AttestationWorld } from "./support/attestation-world.ts";
import { attestationWorld } from "./support/attestation-world.ts";
import { symmetricKeys } from "./support/entries.ts";

let world: AttestationWorld;
beforeAll(async () => {
  world = await attestationWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const UNAUTHORIZED = {
  name: "UnauthorizedError",
  result: { errorCode: 401000, message: "Unauthorized" },
};
const newKeys = () => ({ primaryKey: newSymmetricKey(), secondaryKey: newSymmetricKey() });

describe("Symmetric key attestation (Microsoft Learn)", () => {
  test("a device of an individual enrollment signs with its primary or its secondary key", async () => {
    await using my = world.entries();
    const id = my.name("key");
    const keys = newKeys();
    await my.individual(id, symmetricKeys(keys.primaryKey, keys.secondaryKey));
    for (const symmetricKey of Object.values(keys)) {
      const result = await world.register(id, { symmetricKey });
      expect(result).toMatchObject({ status: "assigned", deviceId: id });
      expect(result).not.toHaveProperty("x509");
    }
  });

  test("a registration ID is the same one in any case", async () => {
    await using my = world.entries();
    const [id, deviceId] = [my.name("spelled"), my.name("device")];
    const { primaryKey, secondaryKey } = newKeys();
    await my.individual(id, symmetricKeys(primaryKey, secondaryKey), { deviceId });
    for (const spelling of [id, id.toUpperCase()]) {
      const result = await world.register(spelling, { symmetricKey: primaryKey });
      expect(result).toMatchObject({ status: "assigned", deviceId });
    }
  });

  test("another key is refused with 401000", async () => {
    await using my = world.entries();
    const id = my.name("wrong");
    await my.individual(id, symmetricKeys());
    const secret = { symmetricKey: newSymmetricKey() };
    await expect(world.register(id, secret)).rejects.toMatchObject(UNAUTHORIZED);
  });

  test("a device without an enrollment is refused with 404201", async () => {
    await using my = world.entries();
    const secret = { symmetricKey: newSymmetricKey() };
    await expect(world.register(my.name("none"), secret)).rejects.toMatchObject({
      name: "DeviceNotFoundError",
      result: { errorCode: 404201 },
    });
  });

  test("a disabled enrollment answers disabled to its own key", async () => {
    await using my = world.entries();
    const id = my.name("off");
    const { primaryKey, secondaryKey } = newKeys();
    const provisioningStatus = "disabled";
    await my.individual(id, symmetricKeys(primaryKey, secondaryKey), { provisioningStatus });
    await expect(world.register(id, { symmetricKey: primaryKey })).rejects.toThrow(
      "status is disabled",
    );
  });

  test("a device of a group signs with the key that is derived from its registration id", async () => {
    await using my = world.entries();
    const keys = newKeys();
    await my.group(my.name("group"), symmetricKeys(keys.primaryKey, keys.secondaryKey));
    for (const slot of ["primaryKey", "secondaryKey"] as const) {
      const id = my.name(slot.toLowerCase());
      const symmetricKey = deviceKeys(keys, id)[slot];
      expect(await world.register(id, { symmetricKey })).toMatchObject({
        status: "assigned",
        deviceId: id,
      });
    }
  });

  test("the group's own key opens nothing for a device, and neither does another device's", async () => {
    await using my = world.entries();
    const keys = newKeys();
    await my.group(my.name("shut"), symmetricKeys(keys.primaryKey, keys.secondaryKey));
    const id = my.name("thief");
    for (const symmetricKey of [keys.primaryKey, deviceKeys(keys, my.name("other")).primaryKey])
      await expect(world.register(id, { symmetricKey })).rejects.toMatchObject(UNAUTHORIZED);
  });

  test("a disabled group answers disabled, and a disabled individual enrollment shuts out one device of it", async () => {
    await using my = world.entries();
    const keys = newKeys();
    const group = my.name("both");
    const sent = symmetricKeys(keys.primaryKey, keys.secondaryKey);
    await my.group(group, sent);
    const id = my.name("single");
    const secret = { symmetricKey: deviceKeys(keys, id).primaryKey };
    await my.individual(id, { ...sent }, { provisioningStatus: "disabled" });
    // The group's key is not that of the entry: it is the entry that decides.
    await expect(world.register(id, secret)).rejects.toMatchObject(UNAUTHORIZED);
    const own = symmetricKeys(secret.symmetricKey, newSymmetricKey());
    await my.individual(id, own, { provisioningStatus: "disabled" });
    await expect(world.register(id, secret)).rejects.toThrow("status is disabled");
    await world.clients.dps.deleteIndividualEnrollment(id);
    expect(await world.register(id, secret)).toMatchObject({ status: "assigned" });
    await my.group(group, sent, { provisioningStatus: "disabled" });
    await expect(world.register(id, secret)).rejects.toThrow("status is disabled");
  });

  // "After the device is registered, it signs its tokens for the hub with the same key."
  test("the hub is given the keys that the device has: its own, or those derived from the group's", async () => {
    await using my = world.entries();
    const [keys, groupKeys] = [newKeys(), newKeys()];
    const [own, grouped] = [my.name("own"), my.name("grouped")];
    await my.individual(own, symmetricKeys(keys.primaryKey, keys.secondaryKey));
    await my.group(my.name("hub"), symmetricKeys(groupKeys.primaryKey, groupKeys.secondaryKey));
    const derived = deviceKeys(groupKeys, grouped);
    for (const [id, symmetricKey] of [
      [own, keys],
      [grouped, derived],
    ] as const) {
      await world.register(id, { symmetricKey: symmetricKey.primaryKey });
      const { responseBody } = await world.clients.registry.get(id);
      expect(responseBody).toMatchObject({ authentication: { type: "sas", symmetricKey } });
    }
  });
});

const inAnHour = (): number => Math.floor(Date.now() / 1000) + 3600;
const encoded = (text: string): string => encodeURIComponent(text);
const lowerCase = (text: string): string =>
  encoded(text).replaceAll(/%../g, (code) => code.toLowerCase());

describe("SAS tokens (Microsoft Learn, Communicate with your DPS using the MQTT protocol; How to use symmetric keys)", () => {
  /** A device with its key, and tokens of it in every shape. */
  async function device(my: ReturnType<AttestationWorld["entries"]>) {
    const id = my.name("sas");
    const key = newSymmetricKey();
    await my.individual(id, symmetricKeys(key, newSymmetricKey()));
    const resource = `${world.idScope}/registrations/${id}`;
    const token = (sr: string, expiry = inAnHour(), write = encoded): string =>
      `SharedAccessSignature sr=${sr}&sig=${write(sasSignature(sr, expiry, key))}&se=${expiry}&skn=registration`;
    return { id, resource, token };
  }
  const accepted = { topic: expect.stringContaining("/res/202/") };

  test.for([
    ["as it is (Node)", (text: string) => text],
    ["percent-encoded", encoded],
    ["percent-encoded in lower case", lowerCase],
  ] as const)("the resource may be written %s", async ([, write]) => {
    await using my = world.entries();
    const { id, resource, token } = await device(my);
    expect(await world.registerWithToken(id, token(write(resource)))).toMatchObject(accepted);
  });

  test("the signature may be encoded in lower case, and the members may stand in any order", async () => {
    await using my = world.entries();
    const { id, resource, token } = await device(my);
    const lower = token(encoded(resource), inAnHour(), lowerCase);
    expect(await world.registerWithToken(id, lower)).toMatchObject(accepted);
    const [scheme = "", members = ""] = token(resource).split(" ");
    const turned = `${scheme} ${members.split("&").toReversed().join("&")}`;
    expect(await world.registerWithToken(id, turned)).toMatchObject(accepted);
  });

  test("an expired token is refused with 401000 when the device registers", async () => {
    await using my = world.entries();
    const { id, resource, token } = await device(my);
    const over = token(resource, Math.floor(Date.now() / 1000) - 3600);
    expect(await world.registerWithToken(id, over)).toMatchObject({
      topic: expect.stringContaining("/res/401/"),
      body: { errorCode: 401000 },
    });
  });

  test("a token that is none, or for another device, scope or key name, is refused with CONNACK 5", async () => {
    await using my = world.entries();
    const { id, resource, token } = await device(my);
    const bad = [
      "SharedAccessSignature",
      "SharedAccessSignature sr=x",
      token(`${resource}x`),
      token(`0ne00000000/registrations/${id}`),
      token(resource).replace("skn=registration", "skn=provisioningserviceowner"),
    ];
    for (const one of bad) expect(await world.registerWithToken(id, one)).toEqual({ connack: 5 });
  });

  test("a device without certificate and without token is refused with CONNACK 5", async () => {
    await using my = world.entries();
    expect(await world.registerWithToken(my.name("bare"), "")).toEqual({ connack: 5 });
  });
});
