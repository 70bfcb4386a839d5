import iotDevice from "azure-iot-device";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newSymmetricKey } from "../../src/emulator/dps/symmetric-keys.ts";
import type { Entries } from "./support/entries.ts";
import { hubDevice, report } from "./support/hub-device.ts";
import { hubUserName, inSeconds, returnCodeAt, sasToken } from "./support/raw-hub.ts";
import type { Target } from "./support/target.ts";
import { conformanceTarget } from "./support/target.ts";
import { MQTT_TRANSPORTS } from "./support/transports.ts";

let target: Target;
beforeAll(async () => {
  target = await conformanceTarget();
});
afterAll(() => target[Symbol.asyncDispose]());

interface SasDevice {
  readonly id: string;
  readonly primaryKey: string;
  readonly secondaryKey: string;
  /** What its tokens are for, unescaped. */
  readonly resource: string;
}

/** A device whose keys the hub knows. */
async function sasDevice(my: Entries, name: string): Promise<SasDevice> {
  const id = my.name(name);
  const keys = { primaryKey: newSymmetricKey(), secondaryKey: newSymmetricKey() };
  await my.identity(id, { type: "sas", symmetricKey: keys });
  return { id, ...keys, resource: `${target.hub}/devices/${id}` };
}

/** The policy of the target's connection string, which may connect as every device. */
function ownerPolicy(): { readonly keyName: string; readonly key: string } {
  const [{ connectionString } = { connectionString: "" }] = target.hubs;
  const keyName = /SharedAccessKeyName=([^;]+)/.exec(connectionString)?.[1] ?? "";
  return { keyName, key: /SharedAccessKey=([^;]+)/.exec(connectionString)?.[1] ?? "" };
}

const encoded = encodeURIComponent;

describe("Control access to IoT Hub with shared access signatures (Microsoft Learn)", () => {
  test.for(MQTT_TRANSPORTS)(
    "a device logs in with either of its keys in a connection string (%s)",
    async (kind) => {
      await using my = target.entries();
      const { id, primaryKey, secondaryKey } = await sasDevice(my, "keys");
      for (const symmetricKey of [primaryKey, secondaryKey]) {
        await using device = await hubDevice(target, id, { symmetricKey }, { kind });
        await device.client.sendEvent(new iotDevice.Message("by key"));
        await report(await device.client.getTwin(), { symmetricKey: kind });
      }
      const { responseBody: twin } = await target.clients.registry.getTwin(id);
      expect(twin.properties.reported).toMatchObject({ symmetricKey: kind, $version: 3 });
    },
  );

  test.for(MQTT_TRANSPORTS)(
    "a device logs in with a token that somebody made for it (%s)",
    async (kind) => {
      await using my = target.entries();
      const { id, primaryKey, resource } = await sasDevice(my, "given");
      const token = sasToken(encoded(resource), primaryKey);
      await using device = await hubDevice(target, id, { sasToken: token }, { kind });
      expect(await device.client.sendEvent(new iotDevice.Message("by token"))).toBeDefined();
    },
  );

  test("a hub accepts the resource as it is signed: encoded in either case, in any case, or not at all", async () => {
    await using my = target.entries();
    const { id, primaryKey, resource } = await sasDevice(my, "forms");
    const upper = encoded(resource);
    const lower = upper.replaceAll("%2F", "%2f");
    for (const sr of [resource, upper, lower, lower.toUpperCase(), resource.toLowerCase()])
      expect([sr, await returnCodeAt(target, id, { token: sasToken(sr, primaryKey) })]).toEqual([
        sr,
        0,
      ]);
  });

  test("a token for what is above the device in the path is accepted: the resource is a prefix", async () => {
    await using my = target.entries();
    const { id, primaryKey } = await sasDevice(my, "prefix");
    for (const sr of [target.hub, encoded(`${target.hub}/devices`)])
      expect(await returnCodeAt(target, id, { token: sasToken(sr, primaryKey) })).toBe(0);
  });

  test("a token for another device or another hub is refused", async () => {
    await using my = target.entries();
    const { id, primaryKey, resource } = await sasDevice(my, "mine");
    for (const sr of [
      resource.slice(0, -1),
      `${resource}x`,
      `${target.hub}/devices/other`,
      `${target.hub}/device`,
      `other.azure-devices.net/devices/${id}`,
    ]) {
      const token = sasToken(encoded(sr), primaryKey);
      expect([sr, await returnCodeAt(target, id, { token })]).toEqual([sr, 5]);
    }
  });

  test("a token whose signature is not of a key of the device is refused, which the SDK tells as unauthorized", async () => {
    await using my = target.entries();
    const { id } = await sasDevice(my, "stranger");
    const secret = { symmetricKey: newSymmetricKey() };
    await expect(hubDevice(target, id, secret)).rejects.toMatchObject({
      name: "UnauthorizedError",
    });
  });

  test("a token is good until it expires", async () => {
    await using my = target.entries();
    const { id, primaryKey, resource } = await sasDevice(my, "expired");
    const until = (expiry: number) => sasToken(encoded(resource), primaryKey, { expiry });
    expect(await returnCodeAt(target, id, { token: until(inSeconds(60)) })).toBe(0);
    expect(await returnCodeAt(target, id, { token: until(inSeconds(-3600)) })).toBe(5);
    // Longer than a timer can be.
    expect(await returnCodeAt(target, id, { token: until(inSeconds(10 * 365 * 86_400)) })).toBe(0);
  });

  test("the expiry is signed too", async () => {
    await using my = target.entries();
    const { id, primaryKey, resource } = await sasDevice(my, "stretched");
    const [early, late] = [inSeconds(60), inSeconds(86_400)];
    const token = sasToken(encoded(resource), primaryKey, { expiry: early });
    const stretched = token.replace(`se=${early}`, `se=${late}`);
    expect(await returnCodeAt(target, id, { token: stretched })).toBe(5);
  });

  test("a policy with DeviceConnect connects as any device, with its name in the token", async () => {
    await using my = target.entries();
    const { id, resource } = await sasDevice(my, "gateway");
    const { keyName, key } = ownerPolicy();
    for (const sr of [target.hub, resource]) {
      expect(
        await returnCodeAt(target, id, { token: sasToken(encoded(sr), key, { keyName }) }),
      ).toBe(0);
      expect(await returnCodeAt(target, id, { token: sasToken(encoded(sr), key) })).toBe(5);
    }
    const elsewhere = sasToken(encoded(`${target.hub}/devices/other`), key, { keyName });
    expect(await returnCodeAt(target, id, { token: elsewhere })).toBe(5);
  });

  test("a device's own key is of no policy", async () => {
    await using my = target.entries();
    const { id, primaryKey, resource } = await sasDevice(my, "policyless");
    for (const keyName of ["iothubowner", "nobody"]) {
      const token = sasToken(encoded(resource), primaryKey, { keyName });
      expect(await returnCodeAt(target, id, { token })).toBe(5);
    }
    // An empty name is none.
    const token = sasToken(encoded(resource), primaryKey, { keyName: "" });
    expect(await returnCodeAt(target, id, { token })).toBe(0);
  });

  test.for([
    ["none", undefined],
    ["an empty one", ""],
    ["a password of one's own", "secret"],
    ["a token without signature", "SharedAccessSignature sr=x&se=4102444800"],
    ["an expiry that is no number", "SharedAccessSignature sr=x&sig=eA%3D%3D&se=never"],
    ["a broken encoding", "SharedAccessSignature sr=%zz&sig=%zz&se=4102444800"],
    ["megabytes of members", `SharedAccessSignature ${"sr=x&".repeat(10_000)}`],
  ] as const)("a device with a key must send a token: %s is refused", async ([, token]) => {
    await using my = target.entries();
    const { id } = await sasDevice(my, "broken");
    expect(await returnCodeAt(target, id, { token })).toBe(5);
  });

  test("a device without authentication has no key of its own, and comes by a policy", async () => {
    await using my = target.entries();
    const id = my.name("none");
    await my.identity(id, { type: "none" });
    const { keyName, key } = ownerPolicy();
    const sr = encoded(`${target.hub}/devices/${id}`);
    expect(await returnCodeAt(target, id, { token: sasToken(sr, key, { keyName }) })).toBe(0);
    for (const own of ["", key])
      expect(await returnCodeAt(target, id, { token: sasToken(sr, own) })).toBe(5);
  });

  test("a certificate opens no device that has keys", async () => {
    await using my = target.entries();
    const { id, primaryKey, resource } = await sasDevice(my, "both");
    const keys = await target.pki.leaf(id);
    expect(await returnCodeAt(target, id, { keys })).toBe(5);
    const token = sasToken(encoded(resource), primaryKey);
    expect(await returnCodeAt(target, id, { keys, token })).toBe(0);
  });
});

describe("Communicate with an IoT hub using MQTT (Microsoft Learn), CONNECT", () => {
  test("the client id is the device id, and the user name begins with the hub and the device id", async () => {
    await using my = target.entries();
    const { id, primaryKey, resource } = await sasDevice(my, "names");
    const token = sasToken(encoded(resource), primaryKey);
    const code = (clientId: string, userName: string) =>
      returnCodeAt(target, id, { token, clientId, userName });
    const query = "?api-version=2021-04-12";
    expect(await code(id, hubUserName(target.hub, id))).toBe(0);
    for (const [clientId, userName] of [
      ["other", `${target.hub}/${id}/${query}`],
      ["", `${target.hub}/${id}/${query}`],
      [id, `${target.hub}/other/${query}`],
      [id, `${target.hub}/${id.toUpperCase()}/${query}`],
      [id, `other.azure-devices.net/${id}/${query}`],
      [id, `${target.hub}/`],
      [id, target.hub],
      [id, ""],
      ["nobody-of-this-name", `${target.hub}/nobody-of-this-name/${query}`],
    ] as const)
      expect([clientId, userName, await code(clientId, userName)]).toEqual([clientId, userName, 5]);
  });

  test("a device id is case-sensitive", async () => {
    await using my = target.entries();
    const { id, primaryKey, resource } = await sasDevice(my, "case");
    const token = sasToken(encoded(resource), primaryKey);
    expect(await returnCodeAt(target, id.toUpperCase(), { token })).toBe(5);
  });

  test.for([
    ["the Node SDK", "?api-version=2021-04-12&DeviceClientType=azure-iot-device%2F1.18.4"],
    [
      "the Python SDK",
      "?api-version=2019-10-01&DeviceClientType=azure-iot-device-iothub-py%2F2.14",
    ],
    ["the C# SDK", "?api-version=2020-09-30&DeviceClientType=.NET%2F1.42"],
    ["the Java SDK", "?api-version=2020-09-30&DeviceClientType=com.microsoft.azure.sdk%2F2.4"],
    [
      "the C SDK",
      "?api-version=2020-09-30&DeviceClientType=iothubclient%2F1.12%20(native%3B%20Linux)",
    ],
    ["a device of 2016", "api-version=2016-11-14"],
    ["a device that encodes nothing", "?api-version=2021-04-12&DeviceClientType=mine/1.0 (a b)"],
    ["a device that names no version", ""],
  ] as const)("%s writes a user name of its own, and is let in", async ([, query]) => {
    await using my = target.entries();
    const { id, primaryKey, resource } = await sasDevice(my, "dialect");
    const token = sasToken(encoded(resource), primaryKey);
    const userName = `${target.hub}/${id}/${query}`;
    expect(await returnCodeAt(target, id, { token, userName, clean: false })).toBe(0);
  });

  test("a module is no device", async () => {
    await using my = target.entries();
    const { id, primaryKey, resource } = await sasDevice(my, "module");
    const token = sasToken(encoded(resource), primaryKey);
    const userName = `${target.hub}/${id}/module/?api-version=2021-04-12`;
    for (const clientId of [id, `${id}/module`])
      expect(await returnCodeAt(target, id, { token, clientId, userName })).toBe(5);
  });
});
