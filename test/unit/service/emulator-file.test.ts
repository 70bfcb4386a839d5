import fc from "fast-check";
import { expect, test } from "vitest";
import { FleetError } from "../../../src/base/errors.ts";
import type { EmulatorInfo } from "../../../src/service/emulator-file.ts";
import { parseEmulatorFile } from "../../../src/service/emulator-file.ts";

const info: EmulatorInfo = {
  idScope: "0ne000CA7E5",
  provisioningHost: "global.azure-devices-provisioning.net",
  dpsHost: "cheesecave-dps.azure-devices-provisioning.net",
  hubs: ["cheesecave-hub.azure-devices.net"],
  address: "127.0.0.1",
  mqttPort: 8883,
  httpsPort: 8443,
  caFile: "/certs/emulator/ca.cert.pem",
  dpsConnectionString: "HostName=a",
  hubConnectionStrings: ["HostName=b"],
  eventsUrl: "https://127.0.0.1:8443/emulator/events",
  adminUrl: "https://127.0.0.1:8443/emulator",
  adminToken: "token",
  dataDir: null,
};

function failure(text: string): FleetError {
  try {
    parseEmulatorFile(text, "emulator.json");
  } catch (error) {
    if (error instanceof FleetError) return error;
    throw error;
  }
  throw new Error("expected a failure");
}

test("what emulator --json prints is read back", () => {
  expect(parseEmulatorFile(`${JSON.stringify(info)}\n`, "emulator.json")).toEqual(info);
});

test("every problem is told with its place, and no secret is shown", () => {
  const { adminToken: _left, ...rest } = info;
  const error = failure(JSON.stringify({ ...rest, mqttPort: "8883", extra: "hunter2" }));
  expect(error.code).toBe("FILE_INVALID");
  expect(error.problems.map(({ place }) => place)).toEqual([
    "emulator.json mqttPort",
    "emulator.json adminToken",
    "emulator.json",
  ]);
  expect(JSON.stringify(error.problems)).not.toContain("hunter2");
});

test("any other text is one FleetError with a hint", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const error = failure(text);
      expect(error).toMatchObject({ code: "FILE_INVALID", hint: expect.any(String) });
    }),
  );
});
