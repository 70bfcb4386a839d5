import { randomBytes } from "node:crypto";
import iotCommon from "azure-iot-common";
import type { Client } from "azure-iot-device";
import iotDevice from "azure-iot-device";
import iothub from "azure-iothub";
import iotProvisioning from "azure-iot-provisioning-device";
import { ProvisioningServiceClient } from "azure-iot-provisioning-service";
import { SymmetricKeySecurityClient } from "azure-iot-security-symmetric-key";
import type { EmbeddedEmulator, EmbeddedEmulatorOptions } from "../../src/embed/emulator.ts";
import { startEmulator } from "../../src/embed/emulator.ts";
import type { MqttTransportKind } from "../conformance/support/transports.ts";
import { hubTransport, provisioningTransport } from "../conformance/support/transports.ts";
import { redirect } from "./emulator-service-clients.ts";
import { HUB } from "./emulator-wire.ts";

/** An emulator with devices of Microsoft's SDKs, to put faults on. */
export interface FaultWorld extends AsyncDisposable {
  readonly emulator: EmbeddedEmulator;
  readonly registry: iothub.Registry;
  readonly methods: iothub.Client;
  readonly dps: ProvisioningServiceClient;
  /** Microsoft's device client of one of the `devices`, not opened. */
  client(
    deviceId: string,
    options?: { readonly retries?: boolean; readonly over?: MqttTransportKind },
  ): Promise<Client>;
  /** Closes all device clients. */
  closeClients(): Promise<void>;
  /** Registers one of the `devices` with DPS. */
  register(registrationId: string, over?: MqttTransportKind): Promise<unknown>;
}

/** Over which devices come unless a test says otherwise. */
const USUAL: MqttTransportKind = "MQTT over WebSocket";

/** A telemetry message whose body is a text. */
export function message(text: string): iotDevice.Message {
  return new iotDevice.Message(text);
}

/** @param devices ids of those that the hub knows, and DPS */
export async function faultWorld(
  devices: readonly string[],
  options: EmbeddedEmulatorOptions = {},
): Promise<FaultWorld> {
  const keys = new Map(devices.map((id) => [id, randomBytes(32).toString("base64")]));
  const keyOf = (id: string): string => keys.get(id) ?? "";
  const symmetricKey = (id: string) => ({ primaryKey: keyOf(id), secondaryKey: keyOf(id) });
  const emulator = await startEmulator({
    retryAfterS: 0,
    enrollments: devices.map((registrationId) => ({
      registrationId,
      attestation: { type: "symmetricKey", symmetricKey: symmetricKey(registrationId) },
    })),
    hubSettings: {
      [HUB]: {
        devices: devices.map((deviceId) => ({
          deviceId,
          authentication: { type: "sas", symmetricKey: symmetricKey(deviceId) },
        })),
      },
    },
    ...options,
  });
  const [hubString = ""] = emulator.hubConnectionStrings;
  const registry = iothub.Registry.fromConnectionString(hubString);
  const methods = iothub.Client.fromConnectionString(hubString);
  const dps = ProvisioningServiceClient.fromConnectionString(emulator.dpsConnectionString);
  for (const one of [registry, methods, dps]) redirect(one, emulator.agent);
  const { host: address, mqttPort, agent, caPem: ca } = emulator;
  const detour = { address, mqttPort, agent, ca };
  const opened: Client[] = [];
  const closeClients = async (): Promise<void> => {
    for (const client of opened.splice(0)) {
      client.removeAllListeners("disconnect");
      await client.close();
    }
  };
  return {
    emulator,
    registry,
    methods,
    dps,
    client: (deviceId, { retries = false, over = USUAL } = {}) => {
      const key = keyOf(deviceId);
      const connection = `HostName=${HUB};DeviceId=${deviceId};SharedAccessKey=${key}`;
      const client = iotDevice.Client.fromConnectionString(connection, hubTransport(over, detour));
      // An `error` event without a listener ends the process.
      client.on("error", () => {});
      if (!retries) client.setRetryPolicy(new iotCommon.NoRetry());
      opened.push(client);
      return Promise.resolve(client);
    },
    register: async (registrationId, over = USUAL) => {
      const transport = provisioningTransport(over, detour);
      transport.on("error", () => {});
      const security = new SymmetricKeySecurityClient(registrationId, keyOf(registrationId));
      const { provisioningHost, idScope } = emulator;
      return await iotProvisioning.ProvisioningDeviceClient.create(
        provisioningHost,
        idScope,
        transport,
        security,
      ).register();
    },
    closeClients,
    [Symbol.asyncDispose]: async () => {
      await closeClients();
      await emulator.stop();
    },
  };
}
