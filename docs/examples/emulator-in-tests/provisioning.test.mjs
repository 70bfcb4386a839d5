import assert from "node:assert/strict";
import { once } from "node:events";
import { get } from "node:https";
import { after, before, test } from "node:test";
import device from "azure-iot-device";
import deviceMqtt from "azure-iot-device-mqtt";
import mqttBase from "azure-iot-mqtt-base";
import provisioning from "azure-iot-provisioning-device";
import provisioningMqtt from "azure-iot-provisioning-device-mqtt";
import provisioningService from "azure-iot-provisioning-service";
import symmetricKeys from "azure-iot-security-symmetric-key";
import { startEmulator } from "dps-fleet/emulator";

let emulator;
before(async () => {
  emulator = await startEmulator({ retryAfterS: 0 });
});
after(() => emulator.stop());

/** Microsoft's service clients take no port and no CA: the agent gives them both. */
function service(client) {
  client._restApiClient.setOptions({ http: { agent: emulator.agent } });
  return client;
}

test("a device provisions itself and its telemetry arrives", async () => {
  const enrollments = service(
    provisioningService.ProvisioningServiceClient.fromConnectionString(
      emulator.dpsConnectionString,
    ),
  );
  const { responseBody: enrollment } = await enrollments.createOrUpdateIndividualEnrollment({
    registrationId: "cave-1",
    attestation: { type: "symmetricKey", symmetricKey: { primaryKey: "", secondaryKey: "" } },
  });
  const { responseBody: attestation } =
    await enrollments.getIndividualEnrollmentAttestationMechanism(enrollment.registrationId);
  const key = attestation.symmetricKey.primaryKey;

  const mqtt = new mqttBase.MqttBase();
  mqtt.setOptions({ mqtt: { webSocketAgent: emulator.agent } });
  const assigned = await provisioning.ProvisioningDeviceClient.create(
    emulator.provisioningHost,
    emulator.idScope,
    new provisioningMqtt.MqttWs(mqtt),
    new symmetricKeys.SymmetricKeySecurityClient("cave-1", key),
  ).register();
  assert.equal(assigned.assignedHub, emulator.hubs[0]);

  const client = device.Client.fromConnectionString(
    `HostName=${assigned.assignedHub};DeviceId=${assigned.deviceId};SharedAccessKey=${key}`,
    deviceMqtt.MqttWs,
  );
  await client.setOptions({ mqtt: { webSocketAgent: emulator.agent } });
  await client.open();
  await client.sendEvent(new device.Message(JSON.stringify({ temperature: 4 })));
  await client.close();

  const [event] = await events();
  assert.equal(event.deviceId, "cave-1");
  assert.deepEqual(JSON.parse(event.body), { temperature: 4 });
});

/** What the hubs have ingested so far. */
async function events() {
  const asking = get(`${emulator.eventsUrl}?from=earliest`, {
    ca: emulator.caPem,
    headers: { authorization: `Bearer ${emulator.adminToken}` },
  });
  const [answer] = await once(asking, "response");
  const lines = (await answer.setEncoding("utf8").toArray()).join("").trim().split("\n");
  return lines.map((line) => JSON.parse(line));
}
