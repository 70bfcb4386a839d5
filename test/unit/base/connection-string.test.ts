import fc from "fast-check";
import { expect, test } from "vitest";

import {
  connectionStringKind,
  hostNameOf,
  parseDeviceConnectionString,
} from "../../../src/base/connection-string.ts";
import { refusal } from "../../support/refusal.ts";

const KEY = "SharedAccessKeyName=owner;SharedAccessKey=a2V5PT0=";

test("the host name is read out of a connection string, whatever the order", () => {
  const text = `${KEY};HostName=my.azure-devices.net`;
  expect(hostNameOf(text, "FILE", "hub")).toBe("my.azure-devices.net");
});

test.each([
  ["HostName=my.azure-devices.net;DeviceId=d1;SharedAccessKey=a2V5PT0=", "device"],
  ["HostName=my.azure-devices.net;DeviceId=d1;x509=true", "device"],
  [`HostName=my.azure-devices-provisioning.net;${KEY}`, "dps"],
  [`HostName=my.azure-devices-provisioning.azure.cn;${KEY}`, "dps"],
  [`HostName=my.azure-devices.net;${KEY}`, "hub"],
  [`Endpoint=sb://my.servicebus.windows.net/;${KEY}`, "eventHub"],
  ["DefaultEndpointsProtocol=https;AccountName=me;AccountKey=a2V5PT0=", "storage"],
  [`HostName=hub.example;${KEY}`, undefined],
  ["no connection string", undefined],
])("%j is for %s", (text, kind) => {
  expect(connectionStringKind(text)).toBe(kind);
});

test.each([
  ["dps", `HostName=my.azure-devices.net;${KEY}`, "that of an IoT Hub"],
  ["hub", `HostName=my.azure-devices-provisioning.net;${KEY}`, "Device Provisioning Service"],
  ["hub", "HostName=my.azure-devices.net;DeviceId=d;SharedAccessKey=a2V5PT0=", "one device"],
  ["hub", "HostName=my.azure-devices.net", "SharedAccessKeyName, SharedAccessKey not found"],
] as const)("where that of a %s is wanted, another kind is named", async (kind, text, named) => {
  const error = await refusal((async () => hostNameOf(text, "FILE", kind))());
  expect(error.problems).toEqual([{ place: "FILE", message: expect.stringContaining(named) }]);
});

test("a service under a name of another domain is taken as either", () => {
  expect(hostNameOf(`HostName=hub.example;${KEY}`, "FILE", "hub")).toBe("hub.example");
  expect(hostNameOf(`HostName=hub.example;${KEY}`, "FILE", "dps")).toBe("hub.example");
});

test("what is no connection string is refused without showing a word of it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.stringMatching(/^[A-Za-z0-9]{12,40}$/), async (secret) => {
      const text = `HostName=;SharedAccessKey=${secret}`;
      const error = await refusal((async () => hostNameOf(text, "FILE", "hub"))());
      expect(JSON.stringify([error.message, error.hint, error.problems])).not.toContain(secret);
    }),
  );
});

const deviceKey = fc
  .uint8Array({ minLength: 16, maxLength: 64 })
  .map((bytes) => Buffer.from(bytes).toString("base64"));
const deviceId = fc.stringMatching(/^[A-Za-z0-9\-.%_*?!(),:=@$'#]{1,128}$/);

test("reading a device's connection string undoes writing it", () => {
  fc.assert(
    fc.property(deviceId, fc.option(deviceKey, { nil: undefined }), (id, key) => {
      const hub = "my-hub.azure-devices.net";
      const proof = key === undefined ? "x509=true" : `SharedAccessKey=${key}`;
      expect(parseDeviceConnectionString(`HostName=${hub};DeviceId=${id};${proof}`)).toEqual({
        hub,
        deviceId: id,
        sharedAccessKey: key,
      });
    }),
  );
});

test("no text is too strange to be judged, and no problem shows a part of it", () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[A-Z;=]{0,60}$/),
      fc.base64String({ minLength: 24 }),
      (text, key) => {
        const parsed = parseDeviceConnectionString(
          `HostName=h;DeviceId=d;${text};SharedAccessKey=${key}~`,
        );
        expect(parsed).toHaveProperty("problem");
        expect(JSON.stringify(parsed)).not.toContain(key);
      },
    ),
  );
});

const DEVICE = "HostName=h.azure-devices.net;DeviceId=d";
const GOOD = Buffer.alloc(16).toString("base64");
test.each([
  [`HostName=h.azure-devices.net;${KEY}`, "got that of an IoT Hub"],
  [`HostName=h.azure-devices-provisioning.net;${KEY}`, "got that of a Device Provisioning Service"],
  [`Endpoint=sb://my.servicebus.windows.net/;${KEY}`, "got that of an Event Hub"],
  [DEVICE, "SharedAccessKey=… or x509=true, got a text without one of them"],
  [`DeviceId=d;SharedAccessKey=${GOOD}`, "got a text without one of them"],
  [`${DEVICE};SharedAccessKey=${GOOD};ModuleId=m`, "got ModuleId too"],
  [`${DEVICE};SharedAccessKey=${GOOD};GatewayHostName=edge`, "got GatewayHostName too"],
  [`${DEVICE};SharedAccessKey=${GOOD};hunter2=x`, "got another member too"],
  [`${DEVICE};SharedAccessKey=${GOOD};x509=true`, "got both"],
  [`${DEVICE};SharedAccessKey=c2hvcnQ=`, "16 to 64 bytes"],
])("%j is refused as a device's", (text, problem) => {
  expect(parseDeviceConnectionString(text)).toEqual({ problem: expect.stringContaining(problem) });
});
