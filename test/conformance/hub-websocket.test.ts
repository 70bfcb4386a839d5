import iotDevice from "azure-iot-device";
import { MqttWs } from "azure-iot-device-mqtt";
import { afterAll, beforeAll, expect, test } from "vitest";
import { registerWithSdk } from "./support/device.ts";
import { signingCertificates } from "./support/entries.ts";
import type { Target } from "./support/target.ts";
import { conformanceTarget } from "./support/target.ts";

let target: Target;
beforeAll(async () => {
  target = await conformanceTarget();
});
afterAll(() => target[Symbol.asyncDispose]());

// Microsoft Learn, "Communicate with an IoT hub using MQTT": MQTT over WebSocket on port 443.
test("Microsoft's device client provisions and works over WebSocket alone, with its certificate", async () => {
  await using my = target.entries();
  const { certificatePem } = target.pki.intermediate;
  await my.group(my.name("websocket"), signingCertificates(certificatePem), {
    initialTwin: { properties: { desired: { fanstate: "on" } } },
  });
  const id = my.name("ws");
  const { fullChainPem: cert, privateKeyPem: key } = await target.pki.leaf(id);
  const keys = { fullChainPem: cert, privateKeyPem: key };
  const assigned = await registerWithSdk(target, "MQTT over WebSocket", id, keys);
  expect(assigned).toMatchObject({ assignedHub: target.hub, deviceId: id });

  const auth = iotDevice.X509AuthenticationProvider.fromX509Options(id, target.hub, { cert, key });
  const client = iotDevice.Client.fromAuthenticationProvider(auth, MqttWs);
  if (target.agent !== undefined)
    await client.setOptions({ mqtt: { webSocketAgent: target.agent } });
  await client.open();
  try {
    const twin = await client.getTwin();
    expect(twin.properties.desired).toMatchObject({ fanstate: "on", $version: 1 });
    await client.sendEvent(new iotDevice.Message("over a WebSocket"));
    const changed = new Promise<unknown>((resolve) => {
      twin.on("properties.desired.temperature", resolve);
    });
    // Its answer tells that the subscription before it has arrived.
    await new Promise<void>((resolve, reject) => {
      twin.properties.reported["update"]({ over: "websocket" }, (error: Error | null) =>
        error === null || error === undefined ? resolve() : reject(error),
      );
    });
    const patch = { properties: { desired: { temperature: 50.123 } } };
    await target.clients.registry.updateTwin(id, patch, "*");
    expect(await changed).toBe(50.123);
  } finally {
    await client.close();
  }
});
