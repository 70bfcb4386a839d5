import iotDevice from "azure-iot-device";
import { afterAll, beforeAll, expect, test } from "vitest";
import { registerWithSdk } from "./support/device.ts";
import { signingCertificates } from "./support/entries.ts";
import { hubDevice, report } from "./support/hub-device.ts";
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
  const keys = await target.pki.leaf(id);
  const assigned = await registerWithSdk(target, "MQTT over WebSocket", id, keys);
  expect(assigned).toMatchObject({ assignedHub: target.hub, deviceId: id });

  await using device = await hubDevice(target, id, keys, { kind: "MQTT over WebSocket" });
  const twin = await device.client.getTwin();
  expect(twin.properties.desired).toMatchObject({ fanstate: "on", $version: 1 });
  await device.client.sendEvent(new iotDevice.Message("over a WebSocket"));
  const changed = new Promise<unknown>((resolve) => {
    twin.on("properties.desired.temperature", resolve);
  });
  await report(twin, { over: "websocket" });
  const patch = { properties: { desired: { temperature: 50.123 } } };
  await target.clients.registry.updateTwin(id, patch, "*");
  expect(await changed).toBe(50.123);
});
