import fc from "fast-check";
import { expect, test } from "vitest";

import { connectionStringKind, hostNameOf } from "../../../src/base/connection-string.ts";
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
