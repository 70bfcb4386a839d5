/**
 * The only import of Microsoft's device side. Whatever needs knowledge of the SDK's inside lives here, with its reason;
 * all else uses the SDK through its public doors.
 */
import iotCommon from "azure-iot-common";
import type { AuthenticationProvider } from "azure-iot-common";
import type { Client, DeviceMethodRequest, DeviceMethodResponse, Twin } from "azure-iot-device";
import iotDevice from "azure-iot-device";
import { Mqtt } from "azure-iot-device-mqtt";
import mqttBase from "azure-iot-mqtt-base";
import type {
  DeviceRegistrationResult,
  RegistrationRequest,
  X509ProvisioningTransport,
} from "azure-iot-provisioning-device";
import iotProvisioning from "azure-iot-provisioning-device";
import { Mqtt as ProvisioningMqtt } from "azure-iot-provisioning-device-mqtt";
import { X509Security } from "azure-iot-security-x509";

const { MqttBase } = mqttBase;
export const {
  Client: DeviceClient,
  Message: TelemetryMessage,
  X509AuthenticationProvider,
} = iotDevice;
export const { ProvisioningDeviceClient } = iotProvisioning;
export const { NoRetry } = iotCommon;
export { ProvisioningMqtt, X509Security };
export type {
  Client,
  DeviceMethodRequest,
  DeviceMethodResponse,
  DeviceRegistrationResult,
  RegistrationRequest,
  Twin,
  X509ProvisioningTransport,
};

/** What `MqttBase` asks of an MQTT library: a `connect` that gives an MQTT.js client. */
export interface MqttProvider {
  connect(uri: string, options: MqttConnectOptions): unknown;
}

/** The part of `MqttBase`'s connect options that a provider looks at; the rest is handed through. */
export interface MqttConnectOptions {
  readonly [option: string]: unknown;
}

/**
 * The SDK's fixed limit for one register or poll request is 30 s and runs while the request still waits for its slot
 * under `concurrency`. `device/provisioning.ts` has a limit of its own that starts with the request, so the SDK's is moved out of the way;
 * the constant is exported, an option for it is not.
 */
iotProvisioning.ProvisioningDeviceConstants.defaultTimeoutInterval = 2 ** 31 - 1;

/** A provisioning transport over our own MQTT provider. */
export function createProvisioningTransport(provider: MqttProvider): ProvisioningMqtt {
  return new ProvisioningMqtt(new MqttBase(provider));
}

const userAgent = new Promise<string>((resolve) => {
  iotDevice.getUserAgentString("", (agent) => resolve(agent ?? ""));
});

/**
 * The SDK's hub transport over our own MQTT provider.
 *
 * - The user agent string is asked for once a process: the SDK starts a child process on every connect where
 *   `lsb_release` is missing (4 ms of CPU each).
 * - A direct method without handler is answered 404: the SDK drops such calls, and the caller waits for its timeout.
 */
export class HubTransport extends Mqtt {
  constructor(auth: AuthenticationProvider, provider: MqttProvider, agent: string) {
    super(auth, new MqttBase(provider));
    Object.assign(this, { _userAgentString: agent });
  }

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    const handled = super.emit(event, ...args);
    if (!handled && typeof event === "string" && event.startsWith("method_")) {
      this.refuseMethod(event.slice("method_".length), args[0]);
    }
    return handled;
  }

  private refuseMethod(name: string, request: unknown): void {
    if (typeof request !== "object" || request === null || !("requestId" in request)) return;
    const answer = {
      requestId: request.requestId,
      status: 404,
      payload: { result: `No method ${name}` },
    };
    // The SDK declares its own response class here, but reads these three members only. The caller's own timeout
    // tells of an answer that could not be sent.
    // oxlint-disable-next-line typescript/unbound-method -- applied to `this` at once
    Reflect.apply(this.sendMethodResponse, this, [answer, () => undefined]);
  }
}

/** One hub client with its transport; nothing is connected yet. */
export async function createHubClient(options: {
  readonly deviceId: string;
  readonly hub: string;
  readonly provider: MqttProvider;
}): Promise<{ readonly client: Client; readonly transport: HubTransport }> {
  const agent = await userAgent;
  const auth = X509AuthenticationProvider.fromX509Options(
    options.deviceId,
    options.hub,
    PLACEHOLDER_X509,
  );
  const transport = new HubTransport(auth, options.provider, agent);
  // The SDK wants a constructor; one that returns an object gives that object.
  const client = DeviceClient.fromAuthenticationProvider(auth, function transportOf() {
    return transport;
  });
  return { client, transport };
}

/**
 * The SDK only checks that certificate and key are non-empty strings and hands them to the MQTT provider. Ours takes
 * both from the device's `SecureContext`, so no key passes through the SDK.
 */
export const PLACEHOLDER_X509 = { cert: "in the secure context", key: "in the secure context" };
