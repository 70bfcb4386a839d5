import { createSecureContext } from "node:tls";
import { SymmetricKeySecurityClient } from "azure-iot-security-symmetric-key";
import {
  PLACEHOLDER_X509,
  ProvisioningDeviceClient,
  X509Security,
  createProvisioningTransport,
} from "../../../src/device/azure-sdk.ts";
import { TracingProvider } from "../../../src/device/transport.ts";
import { serviceClients } from "../../integration/emulator-service-clients.ts";
import type { DeviceKeys } from "../../integration/emulator-wire.ts";
import {
  WireClient,
  connectPacket,
  dpsUserName,
  emulatorForTest,
  publishPacket,
  subscribePacket,
} from "../../integration/emulator-wire.ts";
import type { TestPki } from "../../support/pki.ts";
import { Entries } from "./entries.ts";

/** What a device has to show: a leaf with its chain and key, or a symmetric key in base64. */
export type DeviceSecret = DeviceKeys | { readonly symmetricKey: string };

/** A DPS instance with a hub, seen through Microsoft's packages only. */
export interface AttestationWorld extends AsyncDisposable {
  readonly pki: TestPki;
  readonly idScope: string;
  readonly clients: ReturnType<typeof serviceClients>;
  /** A test's own names and entries. */
  entries(): Entries;
  /** Registers with Microsoft's ProvisioningDeviceClient. */
  register(registrationId: string, secret: DeviceSecret): Promise<unknown>;
  /** Registers by hand with a token as password; gives the CONNACK's code, or the answer's topic and body. */
  registerWithToken(
    registrationId: string,
    token: string,
  ): Promise<{ readonly connack: number } | { readonly topic: string; readonly body: unknown }>;
}

export async function attestationWorld(): Promise<AttestationWorld> {
  const test = await emulatorForTest();
  const { emulator, pki } = test;
  const { idScope, provisioningHost, host: address, mqttPort: toPort } = emulator;
  const clients = serviceClients(test);
  const ca = pki.root.certificatePem;
  return {
    pki,
    idScope,
    clients,
    entries: () => new Entries(clients),
    register: async (registrationId, secret) => {
      const isKey = "symmetricKey" in secret;
      const provider = new TracingProvider({
        secureContext: createSecureContext({
          ca,
          ...(isKey ? {} : { cert: secret.fullChainPem, key: secret.privateKeyPem }),
        }),
        connectTo: [{ host: provisioningHost, address, toPort }],
        connectTimeoutMs: 10_000,
        clock: () => performance.now(),
      });
      const transport = createProvisioningTransport(provider);
      transport.on("error", () => {});
      const security = isKey
        ? new SymmetricKeySecurityClient(registrationId, secret.symmetricKey)
        : new X509Security(registrationId, PLACEHOLDER_X509);
      const client = ProvisioningDeviceClient.create(
        provisioningHost,
        idScope,
        transport,
        security,
      );
      return await client.register();
    },
    registerWithToken: async (registrationId, token) => {
      await using client = await WireClient.open(test, { servername: provisioningHost });
      const connect = connectPacket(registrationId, dpsUserName(registrationId, idScope));
      client.send(Object.assign(connect, { password: Buffer.from(token) }));
      const connack = await client.next();
      if (connack.cmd !== "connack") throw new TypeError(connack.cmd);
      if (connack.returnCode !== 0) return { connack: connack.returnCode ?? -1 };
      client.send(subscribePacket("$dps/registrations/res/#"));
      await client.next();
      const topic = "$dps/registrations/PUT/iotdps-register/?$rid=1";
      client.send(publishPacket(topic, "", { qos: 0 }));
      const answer = await client.nextPublish();
      return { topic: answer.topic, body: JSON.parse(answer.body) };
    },
    [Symbol.asyncDispose]: async () => {
      clients[Symbol.dispose]();
      await emulator.stop();
    },
  };
}
