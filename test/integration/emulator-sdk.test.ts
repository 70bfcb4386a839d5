import { createSecureContext } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  NoRetry,
  PLACEHOLDER_X509,
  ProvisioningDeviceClient,
  TelemetryMessage,
  X509Security,
  createHubClient,
  createProvisioningTransport,
} from "../../src/device/azure-sdk.ts";
import { TracingProvider } from "../../src/device/transport.ts";
import { readAllEvents } from "./emulator-events.ts";
import { enrollGroup, serviceClients } from "./emulator-service-clients.ts";
import type { DeviceKeys, TestEmulator } from "./emulator-wire.ts";
import { DPS, HUB, emulatorForTest } from "./emulator-wire.ts";
import { directWay } from "../support/direct-way.ts";

let world: TestEmulator;
beforeAll(async () => {
  world = await emulatorForTest();
  await enrollGroup(world, { desired: { fanstate: "on" } });
});
afterAll(() => world.emulator.stop());

/** Dials the emulator and trusts its CA; the SDK keeps the names of Azure. */
function provider(keys: DeviceKeys): TracingProvider {
  const address = { address: world.emulator.host, toPort: world.emulator.mqttPort };
  return new TracingProvider({
    secureContext: createSecureContext({
      cert: keys.fullChainPem,
      key: keys.privateKeyPem,
      ca: world.pki.root.certificatePem,
    }),
    way: directWay([DPS, HUB].map((host) => ({ host, ...address }))),
    connectTimeoutMs: 10_000,
    clock: () => performance.now(),
  });
}

async function registerWithSdk(registrationId: string, keys: DeviceKeys): Promise<unknown> {
  const transport = createProvisioningTransport(provider(keys));
  transport.on("error", () => {});
  const security = new X509Security(registrationId, PLACEHOLDER_X509);
  const client = ProvisioningDeviceClient.create(DPS, world.emulator.idScope, transport, security);
  return await client.register();
}

test("Microsoft's SDK registers, connects, reads its twin, reports, sends and answers a method", async () => {
  const keys = await world.pki.leaf("sdk-1");
  expect(await registerWithSdk("sdk-1", keys)).toMatchObject({
    assignedHub: HUB,
    deviceId: "sdk-1",
    status: "assigned",
  });
  const { client } = await createHubClient({
    deviceId: "sdk-1",
    hub: HUB,
    provider: provider(keys),
  });
  client.setRetryPolicy(new NoRetry());
  await client.open();
  try {
    const twin = await client.getTwin();
    expect(twin.properties.desired).toMatchObject({ fanstate: "on", $version: 1 });
    await new Promise<void>((resolve, reject) => {
      twin.properties.reported["update"]({ fanstate: "on" }, (error: Error | null) =>
        error === null || error === undefined ? resolve() : reject(error),
      );
    });
    client.onDeviceMethod("SetFanState", (request, response) => {
      void response.send(200, { echo: request.payload });
    });
    // Before the method call, whose answer tells that the subscription behind this has arrived too.
    const changed = new Promise<unknown>((resolve) => {
      twin.on("properties.desired.temperature", resolve);
    });
    const message = new TelemetryMessage('{"temperature":1}');
    message.contentType = "application/json";
    message.properties.add("seq", "1");
    message.properties.add("boot", "1");
    await client.sendEvent(message);

    using clients = serviceClients(world);
    const { responseBody } = await clients.registry.getTwin("sdk-1");
    expect(responseBody).toMatchObject({
      connectionState: "Connected",
      properties: { reported: { fanstate: "on" } },
    });
    const { result } = await clients.methods.invokeDeviceMethod("sdk-1", {
      methodName: "SetFanState",
      payload: "off",
      connectTimeoutInSeconds: 5,
      responseTimeoutInSeconds: 5,
    });
    expect(result).toEqual({ status: 200, payload: { echo: "off" } });
    const desired = { properties: { desired: { temperature: 50.123 } } };
    await clients.registry.updateTwin("sdk-1", desired, "*");
    expect(await changed).toBe(50.123);
  } finally {
    await client.close();
  }
  const mine = (await readAllEvents(world)).filter((event) => event["deviceId"] === "sdk-1");
  expect(mine).toMatchObject([
    {
      body: '{"temperature":1}',
      properties: { seq: "1", boot: "1" },
      systemProperties: { "content-type": "application/json" },
    },
  ]);
});

test("Microsoft's SDK gets the service's error for a foreign leaf", async () => {
  const keys = await world.pki.leaf("sdk-2", { signer: world.pki.otherRoot });
  await expect(registerWithSdk("sdk-2", keys)).rejects.toMatchObject({
    name: "UnauthorizedError",
    result: { errorCode: 401002 },
  });
});
