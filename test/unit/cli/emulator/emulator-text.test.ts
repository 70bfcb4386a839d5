import { expect, test } from "vitest";
import { emulatorText } from "../../../../src/cli/emulator/emulator-text.ts";

const INFO = {
  idScope: "0ne000CA7E5",
  provisioningHost: "global.azure-devices-provisioning.net",
  dpsHost: "my-dps.azure-devices-provisioning.net",
  hubs: ["a-hub.azure-devices.net", "b-hub.azure-devices.net"],
  address: "127.0.0.1",
  mqttPort: 8883,
  httpsPort: 443,
  caFile: "/certs/ca.cert.pem",
  dpsConnectionString: "HostName=dps",
  hubConnectionStrings: ["HostName=a", "HostName=b"],
  eventsUrl: "https://127.0.0.1/emulator/events",
  adminUrl: "https://127.0.0.1/",
  adminToken: "token",
  dataDir: null,
};

test("the lines to paste name each hub's connection string differently", () => {
  const lines = emulatorText(INFO).split("\n");
  expect(lines).toContain("  export IOTHUB_CONNECTION_STRING=HostName=a");
  expect(lines).toContain("  export IOTHUB_CONNECTION_STRING_2=HostName=b");
});

test("an address that is a name is told, and no hosts-file lines with it", () => {
  const text = emulatorText({ ...INFO, address: "emulator" });
  expect(text).toContain(
    "these names lead to emulator:\n  global.azure-devices-provisioning.net\n",
  );
  expect(text).not.toContain("hosts file");
  expect(text).toContain("net:443:emulator:443");
});

test("with a file for the keys, the text has none", () => {
  const text = emulatorText({ ...INFO, adminToken: "s3cret" }, { file: "out/emulator.json" });
  expect(text).toContain("are in out/emulator.json while it runs");
  expect(text).not.toMatch(/s3cret|HostName=/);
});

test("what is throttled is told, and nothing where nothing is", () => {
  expect(emulatorText(INFO, { throttled: "tier S1, 2 units" })).toContain(
    "\nThrottled       tier S1, 2 units\n",
  );
  expect(emulatorText(INFO)).not.toContain("Throttled");
});

test("other ports than Azure's are told to be other ports", () => {
  expect(emulatorText(INFO)).not.toContain("--standard-ports");
  expect(emulatorText({ ...INFO, httpsPort: 8443 })).toContain("need --standard-ports");
  expect(emulatorText({ ...INFO, mqttPort: 1234 })).toContain("need --standard-ports");
});
