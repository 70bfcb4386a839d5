import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { Agent } from "node:https";
import { join } from "node:path";
import iothub from "azure-iothub";
import { ProvisioningServiceClient } from "azure-iot-provisioning-service";
import { expect, test } from "vitest";
import { parseEmulatorFile } from "../../src/service/emulator-file.ts";
import { temporaryDir, testPki, writeTestFile } from "../support/pki.ts";
import { startCommand } from "../support/started-command.ts";
import { redirect } from "./emulator-service-clients.ts";

const FREE_PORTS = ["--mqtt-port", "0", "--https-port", "0"];
const HUB = "a-hub.azure-devices.net";

const CONFIG = `
idScope: 0ne00ABCDEF
allocationPolicy: geoLatency
hubs:
  - hostName: ${HUB}
    allocationWeight: 3
    latencyMs: 20
    policies:
      - { name: reader, rights: [RegistryRead], primaryKey: { env: READER_KEY } }
    devices:
      - deviceId: cave-1
        tags: { site: north }
        desired: { temperature: 4 }
      - { deviceId: cave-2, authentication: { type: certificateAuthority }, enabled: false }
  - { hostName: b-hub.azure-devices.net, latencyMs: 5 }
enrollments:
  - { registrationId: cave-3, attestation: { type: symmetricKey }, iotHubs: [${HUB}] }
enrollmentGroups:
  - enrollmentGroupId: caves
    attestation: { type: x509, certificate: pki/ca.pem }
    initialTwin: { properties: { desired: { fanstate: "on" } } }
limits: { retryAfterS: 7, sasClockSkewS: 0 }
`;

test("--config gives hubs, policies, devices, enrollments and limits; flags beat it", async () => {
  await using dir = temporaryDir();
  const pki = await testPki();
  const readerKey = randomBytes(32).toString("base64");
  writeTestFile(join(dir.path, "conf/emulator.yaml"), CONFIG);
  writeTestFile(join(dir.path, "conf/pki/ca.pem"), pki.root.certificatePem);
  const flags = ["--config", "conf/emulator.yaml", "--id-scope", "0ne00FLAG"];
  const program = startCommand(dir.path, ["emulator", "--json", ...FREE_PORTS, ...flags], {
    env: { READER_KEY: readerKey },
  });
  await program.printed;
  const info = parseEmulatorFile(program.out.join(""), "stdout");
  expect(info.idScope).toBe("0ne00FLAG");
  expect(info.hubs).toEqual([HUB, "b-hub.azure-devices.net"]);
  const ca = readFileSync(info.caFile, "utf8");
  const agent = new Agent({ host: info.address, port: info.httpsPort, ca, keepAlive: true });
  const reader = `HostName=${HUB};SharedAccessKeyName=reader;SharedAccessKey=${readerKey}`;
  const registry = iothub.Registry.fromConnectionString(reader);
  const dps = ProvisioningServiceClient.fromConnectionString(info.dpsConnectionString);
  for (const client of [registry, dps]) redirect(client, agent);
  const { responseBody: first } = await registry.get("cave-1");
  expect(first.authentication?.symmetricKey?.primaryKey).toHaveLength(44);
  const { responseBody: second } = await registry.get("cave-2");
  expect(second).toMatchObject({
    status: "disabled",
    authentication: { type: "certificateAuthority" },
  });
  // The policy reads and does not write.
  await expect(registry.create({ deviceId: "cave-9" })).rejects.toThrow(/Unauthorized|reader/);
  expect((await dps.getIndividualEnrollment("cave-3")).responseBody.iotHubs).toEqual([HUB]);
  const { responseBody: group } = await dps.getEnrollmentGroup("caves");
  expect(group.initialTwin).toMatchObject({ properties: { desired: { fanstate: "on" } } });
  agent.destroy();
  program.signal("SIGINT");
  expect(await program.ended).toBe(0);
});

test("a configuration that the emulator refuses ends with 2 before anything is written", async () => {
  await using dir = temporaryDir();
  const twice = `hubs:\n  - hostName: ${HUB}\n    devices:\n      - { deviceId: d }\n      - { deviceId: d }\n`;
  writeTestFile(join(dir.path, "emulator.yaml"), twice);
  const program = startCommand(dir.path, ["emulator", ...FREE_PORTS, "--config", "emulator.yaml"]);
  expect(await program.ended).toBe(2);
  expect(program.err.join("")).toContain("emulator.yaml:5:9 hubs[0].devices[1]");
  expect(existsSync(join(dir.path, "certs"))).toBe(false);
  expect(program.out).toEqual([]);
});

test("a configuration of one hub serves the name that is advertised; one of two cannot", async () => {
  await using dir = temporaryDir();
  const one = `hubs:\n  - hostName: ${HUB}\n    devices: [{ deviceId: cave-1 }]\n`;
  writeTestFile(join(dir.path, "one.yaml"), one);
  writeTestFile(join(dir.path, "two.yaml"), `${one}  - hostName: b-hub.azure-devices.net\n`);
  const flags = [...FREE_PORTS, "--advertise", "box.test", "--json"];
  const program = startCommand(dir.path, ["emulator", ...flags, "--config", "one.yaml"]);
  await program.printed;
  const info = parseEmulatorFile(program.out.join(""), "stdout");
  expect(info.hubs).toEqual(["box.test"]);
  const registry = iothub.Registry.fromConnectionString(info.hubConnectionStrings[0] ?? "");
  const ca = readFileSync(info.caFile, "utf8");
  const agent = new Agent({ host: info.address, port: info.httpsPort, ca });
  redirect(registry, agent);
  expect((await registry.get("cave-1")).responseBody.deviceId).toBe("cave-1");
  program.signal("SIGINT");
  await program.ended;
  const refused = startCommand(dir.path, ["emulator", ...flags, "--config", "two.yaml"]);
  expect(await refused.ended).toBe(2);
  expect(refused.err.join("")).toContain("names one hub, and two.yaml has 2");
});
