import { readFile } from "node:fs/promises";
import { Agent } from "node:https";
import { ProvisioningServiceClient } from "azure-iot-provisioning-service";
import { expect, test } from "vitest";
import { newSymmetricKey } from "../../src/emulator/dps/symmetric-keys.ts";
import { parseEmulatorFile } from "../../src/service/emulator-file.ts";
import { registerWithSdk } from "../conformance/support/device.ts";
import { Entries, symmetricKeys } from "../conformance/support/entries.ts";
import { provisioningTransport } from "../conformance/support/transports.ts";
import { startWebhook } from "../conformance/support/webhook.ts";
import { redirect } from "../integration/emulator-service-clients.ts";
import { testPki } from "../support/pki.ts";
import { Program, workplace } from "../support/program.ts";

test("a webhook over https is asked where the emulator's process trusts its certificate", async () => {
  await using place = await workplace();
  const pki = await testPki();
  const hub = "cheesecave-hub.azure-devices.net";
  await using hook = await startWebhook(
    () => ({ status: 200, body: { iotHubHostName: hub, payload: { told: "over https" } } }),
    await pki.server(["localhost"]),
  );
  const options = ["--mqtt-port=0", "--https-port=0", "--retry-after=0", "--certs", place.certs];
  await using emulator = new Program(["emulator", "--json", ...options], {
    NODE_EXTRA_CA_CERTS: await place.file("webhook-ca.pem", pki.root.certificatePem),
  });
  const [line] = await emulator.printed(/^\{.*\}$/m);
  const info = parseEmulatorFile(line, "emulator --json");
  const ca = await readFile(info.caFile, "utf8");
  const agent = new Agent({ host: info.address, port: info.httpsPort, ca });
  const dps = ProvisioningServiceClient.fromConnectionString(info.dpsConnectionString);
  redirect(dps, agent);

  const symmetricKey = newSymmetricKey();
  const keys = symmetricKeys(symmetricKey, symmetricKey);
  await new Entries({ dps, hubs: [] }).individual("cave", keys, { ...hook.policy, iotHubs: [] });
  const detour = { address: info.address, mqttPort: info.mqttPort, agent, ca };
  const target = { ...info, transport: () => provisioningTransport("MQTT", detour) };
  expect(await registerWithSdk(target, "MQTT", "cave", { symmetricKey })).toMatchObject({
    assignedHub: hub,
    payload: { told: "over https" },
  });
});
