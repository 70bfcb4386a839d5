import iotCommon from "azure-iot-common";
import type { Client } from "azure-iot-device";
import iotDevice from "azure-iot-device";
import type { DeviceSecret } from "./device.ts";
import type { Target } from "./target.ts";
import type { MqttTransportKind } from "./transports.ts";

/** What a device has to show to its hub: a leaf with its key, a symmetric key in base64, or a SAS token. */
export type HubSecret = DeviceSecret | { readonly sasToken: string };

export interface HubDeviceOptions {
  /** Default: MQTT. */
  readonly kind?: MqttTransportKind | undefined;
  /** Default: the target's first hub. */
  readonly hub?: string | undefined;
  /** The model id that CONNECT announces. */
  readonly modelId?: string | undefined;
  /** Whether the client comes back by itself when its connection ends; default false. */
  readonly reconnects?: boolean | undefined;
}

/** Microsoft's unmodified device client, connected; `await using` closes it. */
export interface HubDevice extends AsyncDisposable {
  readonly deviceId: string;
  readonly client: Client;
  /** Resolves when the client tells that its connection is over, which it does where it does not come back. */
  readonly disconnected: Promise<unknown>;
}

/** Connects with Microsoft's device client; rejects with what it says where the hub refuses. */
export async function hubDevice(
  target: Target,
  deviceId: string,
  secret: HubSecret,
  options: HubDeviceOptions = {},
): Promise<HubDevice> {
  const client = clientOf(target, deviceId, secret, options);
  // An `error` event without a listener ends the process.
  client.on("error", () => {});
  const disconnected = new Promise((resolve) => client.once("disconnect", resolve));
  if (options.reconnects !== true) client.setRetryPolicy(new iotCommon.NoRetry());
  if (options.modelId !== undefined) await client.setOptions({ modelId: options.modelId });
  try {
    await client.open();
  } catch (error) {
    await client.close();
    throw error;
  }
  return { deviceId, client, disconnected, [Symbol.asyncDispose]: async () => closed(client) };
}

async function closed(client: Client): Promise<void> {
  client.removeAllListeners("disconnect");
  await client.close();
}

function clientOf(
  target: Target,
  deviceId: string,
  secret: HubSecret,
  { kind = "MQTT", hub = target.hub }: HubDeviceOptions,
): Client {
  const transport = target.hubTransport(kind);
  if ("symmetricKey" in secret) {
    const connection = `HostName=${hub};DeviceId=${deviceId};SharedAccessKey=${secret.symmetricKey}`;
    return iotDevice.Client.fromConnectionString(connection, transport);
  }
  if ("sasToken" in secret)
    return iotDevice.Client.fromSharedAccessSignature(secret.sasToken, transport);
  const x509 = { cert: secret.fullChainPem, key: secret.privateKeyPem };
  const auth = iotDevice.X509AuthenticationProvider.fromX509Options(deviceId, hub, x509);
  return iotDevice.Client.fromAuthenticationProvider(auth, transport);
}

/** Patches the reported properties; the answer also tells that every subscription before it has arrived. */
export async function report(
  twin: iotDevice.Twin,
  patch: Readonly<Record<string, unknown>>,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    twin.properties.reported["update"](patch, (error: Error | null) =>
      error === null || error === undefined ? resolve() : reject(error),
    );
  });
}
