/**
 * The only import of Microsoft's device side. Whatever needs knowledge of the SDK's inside lives here, with its reason;
 * all else uses the SDK through its public doors.
 */
import iotCommon from "azure-iot-common";
import type { AuthenticationProvider, SharedAccessSignature as SasToken } from "azure-iot-common";
import type { Client, DeviceMethodRequest, DeviceMethodResponse, Twin } from "azure-iot-device";
import iotDevice from "azure-iot-device";
import { Mqtt } from "azure-iot-device-mqtt";
import mqttBase from "azure-iot-mqtt-base";
import type {
  DeviceRegistrationResult,
  RegistrationRequest,
  SymmetricKeyProvisioningTransport,
  X509ProvisioningTransport,
} from "azure-iot-provisioning-device";
import iotProvisioning from "azure-iot-provisioning-device";
import { Mqtt as ProvisioningMqtt } from "azure-iot-provisioning-device-mqtt";
import { SymmetricKeySecurityClient } from "azure-iot-security-symmetric-key";
import { X509Security } from "azure-iot-security-x509";

const { MqttBase } = mqttBase;
export const {
  Client: DeviceClient,
  Message: TelemetryMessage,
  SharedAccessKeyAuthenticationProvider,
  X509AuthenticationProvider,
} = iotDevice;
export const { ProvisioningDeviceClient } = iotProvisioning;
export const { NoRetry } = iotCommon;
const { SharedAccessSignature, anHourFromNow } = iotCommon;
export { ProvisioningMqtt, SymmetricKeySecurityClient, X509Security };
/** A message as the SDK's transport gives it to those who listen to cloud-to-device messages. */
export type { Message as ReceivedMessage } from "azure-iot-device";
export type {
  Client,
  DeviceMethodRequest,
  DeviceMethodResponse,
  DeviceRegistrationResult,
  RegistrationRequest,
  SymmetricKeyProvisioningTransport,
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
  return new ProvisioningMqtt(new ProvisioningMqttBase(provider));
}

/**
 * Tells of errors only while the transport has a connection. One that comes while it is ending, as when the network
 * cuts what is being closed, is kept by the SDK until it has ended, and then calls a callback that nobody gave: the
 * TypeError would end the process of many devices.
 */
class ProvisioningMqttBase extends MqttBase {
  #isOpen = false;

  override connect(...given: Parameters<InstanceType<typeof MqttBase>["connect"]>): void {
    this.#isOpen = true;
    super.connect(...given);
  }

  /** The transport unsubscribes when it ends, and never else. */
  override unsubscribe(...given: Parameters<InstanceType<typeof MqttBase>["unsubscribe"]>): void {
    this.#isOpen = false;
    super.unsubscribe(...given);
  }

  override disconnect(...given: Parameters<InstanceType<typeof MqttBase>["disconnect"]>): void {
    this.#isOpen = false;
    super.disconnect(...given);
  }

  override emit(event: string | symbol, ...given: unknown[]): boolean {
    if (event === "error" && !this.#isOpen) return false;
    return super.emit(event, ...given);
  }
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
  constructor(auth: AuthenticationProvider, base: InstanceType<typeof MqttBase>, agent: string) {
    super(auth, base);
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

/** A token for the hub has run for three quarters of its time; `reconnect` carries a new one there. */
export type Renewal = (reconnect: () => Promise<void>) => Promise<void>;

/**
 * A hub learns of a new token by CONNECT alone. The SDK ends the connection in good order, acknowledgments awaited,
 * opens another one for the same session, and keeps what is sent in between; `renewal` says when.
 */
class RenewingMqttBase extends MqttBase {
  readonly #renewal: Renewal;

  constructor(provider: MqttProvider, renewal: Renewal) {
    super(provider);
    this.#renewal = renewal;
  }

  override updateSharedAccessSignature(token: string, done: (error?: Error) => void): void {
    const reconnect = (): Promise<void> =>
      new Promise((resolve, reject) => {
        super.updateSharedAccessSignature(token, (error) =>
          error === undefined || error === null ? resolve() : reject(error),
        );
      });
    // Ends with `done`, whatever happens.
    void this.#renew(reconnect, done);
  }

  async #renew(reconnect: () => Promise<void>, done: (error?: Error) => void): Promise<void> {
    let failure: Error | undefined;
    try {
      await this.#renewal(reconnect);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
    done(failure);
  }
}

/** Tokens in place of a certificate. */
export interface TokenUse {
  /** The device's own key, base64. */
  readonly key: string;
  readonly lifetimeS: number;
  /** How far the device's clock is ahead as it signs one, ms; negative = behind. */
  readonly skewMs: () => number;
  readonly renewal: Renewal;
}

/** The part of a token's life after which the SDK renews it: its own margin is 15 minutes of an hour. */
const RENEWED_AFTER = 0.75;

/** One hub client with its transport; nothing is connected yet. */
export async function createHubClient(options: {
  readonly deviceId: string;
  readonly hub: string;
  readonly provider: MqttProvider;
  /** undefined = the device has a certificate. */
  readonly token?: TokenUse | undefined;
  /** DTMI that a Plug and Play device announces with CONNECT. */
  readonly modelId?: string | undefined;
}): Promise<{ readonly client: Client; readonly transport: HubTransport }> {
  const agent = await userAgent;
  const { deviceId, hub, provider, token, modelId } = options;
  const [auth, base] =
    token === undefined
      ? [
          X509AuthenticationProvider.fromX509Options(deviceId, hub, PLACEHOLDER_X509),
          new MqttBase(provider),
        ]
      : [tokensFor(deviceId, hub, token), new RenewingMqttBase(provider, token.renewal)];
  const transport = new HubTransport(auth, base, agent);
  // The SDK wants a constructor; one that returns an object gives that object.
  const client = DeviceClient.fromAuthenticationProvider(auth, function transportOf() {
    return transport;
  });
  if (modelId !== undefined) await client.setOptions({ modelId });
  return { client, transport };
}

function tokensFor(deviceId: string, host: string, token: TokenUse): AuthenticationProvider {
  const { key: sharedAccessKey, lifetimeS, skewMs } = token;
  return new SkewedTokens(
    { host, deviceId, sharedAccessKey },
    { lifetimeS, marginS: lifetimeS - Math.floor(lifetimeS * RENEWED_AFTER), skewMs },
  );
}

/** Tokens by a clock that may be wrong: they end by it, and are renewed after as long as ever. */
class SkewedTokens extends SharedAccessKeyAuthenticationProvider {
  readonly #skewMs: () => number;

  constructor(
    credentials: ConstructorParameters<typeof SharedAccessKeyAuthenticationProvider>[0],
    of: { readonly lifetimeS: number; readonly marginS: number; readonly skewMs: () => number },
  ) {
    super(credentials, of.lifetimeS, of.marginS);
    this.#skewMs = of.skewMs;
  }

  protected override _sign(
    resourceUri: string,
    expiry: number,
    callback: (error: Error, signature?: string) => void,
  ): void {
    // oxlint-disable-next-line no-underscore-dangle -- the SDK's own door for other ways to sign
    super._sign(resourceUri, expiry + Math.round(this.#skewMs() / 1_000), callback);
  }
}

/** A device with a key that registers by a clock that is wrong: its token ends an hour after what that says. */
export class SkewedRegistration extends SymmetricKeySecurityClient {
  readonly #token: (idScope: string) => SasToken;

  constructor(registrationId: string, key: string, skewMs: number) {
    super(registrationId, key);
    this.#token = (idScope) =>
      SharedAccessSignature.create(
        `${idScope}/registrations/${registrationId}`,
        "registration",
        key,
        anHourFromNow() + Math.round(skewMs / 1_000),
      );
  }

  override createSharedAccessSignature(
    idScope: string,
    callback?: (error?: Error, token?: SasToken) => void,
  ): Promise<SasToken> | void {
    const token = this.#token(idScope);
    if (callback === undefined) return Promise.resolve(token);
    callback(undefined, token);
  }
}

/**
 * The SDK only checks that certificate and key are non-empty strings and hands them to the MQTT provider. Ours takes
 * both from the device's `SecureContext`, so no key passes through the SDK.
 */
export const PLACEHOLDER_X509 = { cert: "in the secure context", key: "in the secure context" };
