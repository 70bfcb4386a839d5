import { expect, test } from "vitest";
import { parseEmulatorFlags } from "../../../../src/cli/emulator/emulator-flags.ts";
import { refusal } from "../../../support/refusal.ts";

const GIVEN = {
  json: false,
  host: "127.0.0.1",
  standardPorts: true,
  certs: "certs",
  logLevel: "warn",
};

test("--standard-ports takes no other ports beside it", async () => {
  const given = { ...GIVEN, mqttPort: "1883", httpsPort: "0" };
  const { code, problems } = await refusal((async () => parseEmulatorFlags(given))());
  expect(code).toBe("USAGE");
  expect(problems).toEqual([
    { place: "--mqtt-port", message: "expected 8883 or nothing beside --standard-ports, got 1883" },
    { place: "--https-port", message: "expected 443 or nothing beside --standard-ports, got 0" },
  ]);
});

test("--standard-ports takes the same ports beside it, and others go without it", () => {
  expect(parseEmulatorFlags({ ...GIVEN, mqttPort: "8883", httpsPort: "443" })).toMatchObject({
    mqttPort: 8883,
    httpsPort: 443,
  });
  const other = { ...GIVEN, standardPorts: false, mqttPort: "1883" };
  expect(parseEmulatorFlags(other)).toMatchObject({ mqttPort: 1883 });
});

test("clients can be told an address or a name to dial, and nothing that cannot be dialled", async () => {
  const plain = { ...GIVEN, standardPorts: false };
  for (const address of ["192.0.2.7", "2001:db8::7", "emulator"])
    expect(parseEmulatorFlags({ ...plain, address }).address).toBe(address);
  for (const address of ["0.0.0.0", "::", "a b", "", "host:8883"]) {
    const { problems } = await refusal((async () => parseEmulatorFlags({ ...plain, address }))());
    expect(problems).toEqual([
      {
        place: "--address",
        message: `expected an address or a host name to dial, got "${address}"`,
      },
    ]);
  }
});

test("an empty name of a file or a folder is told as that", async () => {
  const given = { ...GIVEN, standardPorts: false, config: "", data: "" };
  const { problems } = await refusal((async () => parseEmulatorFlags(given))());
  expect(problems).toEqual([
    { place: "--config", message: "expected a file, got an empty name" },
    { place: "--data", message: "expected a folder, got an empty name" },
  ]);
});

test("the limit of DPS is a whole number of registrations in a minute, however it is written", async () => {
  for (const [dpsLimit, perMinute] of [
    ["1/m", 1],
    ["1000/m", 1000],
    ["999999/m", 999_999],
    ["20/s", 1200],
    ["90000/h", 1500],
    ["0.05/s", 3],
  ] as const)
    expect(parseEmulatorFlags({ ...GIVEN, dpsLimit }).dpsLimit).toBe(perMinute);
  for (const dpsLimit of ["0.5/m", "1.5/m", "90/h", "0/m", "1000001/m", "1000", "-1/m"]) {
    const { problems } = await refusal((async () => parseEmulatorFlags({ ...GIVEN, dpsLimit }))());
    expect(problems).toMatchObject([{ place: "--dps-limit" }]);
  }
});
