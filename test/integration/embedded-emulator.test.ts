import { connect } from "node:tls";
import { once } from "node:events";
import iothub from "azure-iothub";
import { expect, test } from "vitest";
import { startEmulator } from "../../src/embed/emulator.ts";
import type { EmbeddedEmulator } from "../../src/embed/emulator.ts";
import { redirect } from "./emulator-service-clients.ts";

function registryOf({ hubConnectionStrings, agent }: EmbeddedEmulator): iothub.Registry {
  const registry = iothub.Registry.fromConnectionString(hubConnectionStrings[0] ?? "");
  redirect(registry, agent);
  return registry;
}

test("three emulators side by side in one process know nothing of each other", async () => {
  await using first = await startEmulator();
  await using second = await startEmulator({ hubs: ["my-hub.example.test"] });
  await using third = await startEmulator();
  const all = [first, second, third];
  expect(new Set(all.flatMap(({ mqttPort, httpsPort }) => [mqttPort, httpsPort])).size).toBe(6);
  for (const [at, emulator] of all.entries())
    await registryOf(emulator).create({ deviceId: `only-${at}` });
  for (const [at, emulator] of all.entries()) {
    const { responseBody } = await registryOf(emulator).list();
    expect(responseBody.map(({ deviceId }) => deviceId)).toEqual([`only-${at}`]);
  }
  // Each has a CA of its own.
  const stranger = connect({ port: first.mqttPort, host: first.host, ca: third.caPem });
  await expect(once(stranger, "secureConnect")).rejects.toThrow(/certificate/);
  await first.stop();
  expect((await registryOf(third).list()).responseBody).toHaveLength(1);
});

test("it begins with what it is given, in the shapes of the services' REST APIs", async () => {
  const hub = "cheesecave-hub.azure-devices.net";
  const policies = [{ name: "reader", rights: ["RegistryRead" as const] }];
  const device = {
    deviceId: "cave-1",
    status: "disabled",
    tags: { site: "north" },
    properties: { desired: { temperature: 4 } },
  };
  await using emulator = await startEmulator({
    hubSettings: { [hub]: { policies, devices: [device] } },
  });
  const registry = registryOf(emulator);
  expect((await registry.get("cave-1")).responseBody.status).toBe("disabled");
  const { responseBody: twin } = await registry.getTwin("cave-1");
  expect(twin.tags).toEqual({ site: "north" });
  expect(twin.properties.desired).toMatchObject({ temperature: 4, $version: 1 });
});

test("options that are wrong are told all at once, each at its place", async () => {
  const wrong: unknown = { mqttport: 1, retryAfterS: -1, hubs: [], foreignTopics: "drop" };
  // oxlint-disable-next-line no-unsafe-type-assertion -- what a program without types may give
  const starting = startEmulator(wrong as Parameters<typeof startEmulator>[0]);
  await expect(starting).rejects.toMatchObject({
    name: "FleetError",
    code: "USAGE",
    problems: [
      { place: "retryAfterS", message: "expected a number of at least 0, got -1" },
      { place: "foreignTopics", message: 'expected one of close, refuse, got "drop"' },
      { place: "hubs", message: "expected at least one hub" },
      { place: "mqttport", hint: "did you mean mqttPort?" },
    ],
  });
});

test("a tier and units that do not fit together are told", async () => {
  await expect(startEmulator({ tier: "S3", units: 11 })).rejects.toMatchObject({
    code: "USAGE",
    problems: [{ place: "units", message: "expected 1 to 10 units of S3, got 11" }],
  });
  const limits = { telemetryPerS: 1 };
  await expect(startEmulator({ tierLimits: limits })).rejects.toMatchObject({
    code: "USAGE",
    problems: [{ place: "tierLimits" }],
  });
});

test("contents that break a rule are told at their places, and nothing is left running", async () => {
  const key = { type: "symmetricKey" };
  const starting = startEmulator({
    enrollments: [
      { registrationId: "a", attestation: key },
      { registrationId: "A", attestation: key },
      { registrationId: "b", attestation: key, iotHubs: ["other.azure-devices.net"] },
    ],
    hubSettings: { "other.azure-devices.net": { devices: [] } },
  });
  await expect(starting).rejects.toMatchObject({
    code: "USAGE",
    problems: [
      { place: "enrollments[1]", message: expect.stringContaining("already") },
      { place: "enrollments[2]", message: expect.stringContaining("not linked") },
      { place: "hubSettings.other.azure-devices.net", message: expect.stringContaining("none of") },
    ],
  });
});

test("a port that is taken is an error with a code", async () => {
  await using emulator = await startEmulator();
  const second = startEmulator({ mqttPort: emulator.mqttPort });
  await expect(second).rejects.toMatchObject({ code: "ADDRESS_IN_USE" });
});
