import { setTimeout as delay } from "node:timers/promises";
import { ProvisioningDeviceClient } from "azure-iot-provisioning-device";
import { SymmetricKeySecurityClient } from "azure-iot-security-symmetric-key";
import { X509Security } from "azure-iot-security-x509";
import type { DeviceKeys, WireClient } from "../../integration/emulator-wire.ts";
import { connectPacket, publishPacket, subscribePacket } from "../../integration/emulator-wire.ts";
import type { Target } from "./target.ts";
import type { TransportKind } from "./transports.ts";

/** What a device has to show: a leaf with its chain and key, or a symmetric key in base64. */
export type DeviceSecret = DeviceKeys | { readonly symmetricKey: string };

/** Registers with Microsoft's ProvisioningDeviceClient, sending `payload` along; rejects with what it says. */
export async function registerWithSdk(
  target: Pick<Target, "transport" | "provisioningHost" | "idScope">,
  kind: TransportKind,
  registrationId: string,
  secret: DeviceSecret,
  payload?: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const transport = target.transport(kind);
  // An `error` event without a listener ends the process.
  transport.on("error", () => {});
  const security =
    "symmetricKey" in secret
      ? new SymmetricKeySecurityClient(registrationId, secret.symmetricKey)
      : new X509Security(registrationId, {
          cert: secret.fullChainPem,
          key: secret.privateKeyPem,
        });
  const { provisioningHost, idScope } = target;
  const client = ProvisioningDeviceClient.create(provisioningHost, idScope, transport, security);
  if (payload !== undefined) client.setProvisioningPayload(payload);
  return await client.register();
}

/** An answer of DPS, in the same form for every transport. */
export interface DpsAnswer {
  readonly status: number;
  readonly retryAfterS: number | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One device's connection to DPS, without Microsoft's SDK. */
export interface RawDevice extends AsyncDisposable {
  register(body?: string): Promise<DpsAnswer>;
  poll(operationId: string): Promise<DpsAnswer>;
}

export const userName = (
  idScope: string,
  registrationId: string,
  apiVersion = "2019-03-31",
): string =>
  `${idScope}/registrations/${registrationId}/api-version=${apiVersion}&ClientVersion=test`;

export interface RawDeviceOptions {
  /** Default: the provisioning host. */
  readonly host?: string | undefined;
  /** Default: 2019-03-31 over MQTT, 2021-06-01 over HTTPS. */
  readonly apiVersion?: string | undefined;
}

/** Connects to DPS, over MQTT with a subscription; rejects where it is refused. */
export async function rawDevice(
  target: Target,
  kind: TransportKind,
  registrationId: string,
  keys: DeviceKeys,
  options: RawDeviceOptions = {},
): Promise<RawDevice> {
  const { host = target.provisioningHost, apiVersion } = options;
  if (kind === "HTTPS") return overHttps(target, registrationId, keys, { host, apiVersion });
  const client = await target.wire(kind, host, keys);
  client.send(connectPacket(registrationId, userName(target.idScope, registrationId, apiVersion)));
  const connack = await client.next();
  if (connack.cmd !== "connack" || connack.returnCode !== 0)
    throw new Error(`DPS refused: ${JSON.stringify(connack)}`);
  client.send(subscribePacket("$dps/registrations/res/#"));
  await client.next();
  const ask = async (topic: string, body: string): Promise<DpsAnswer> => {
    client.send(publishPacket(topic, body, { qos: 0 }));
    return readAnswer(await client.nextPublish());
  };
  return {
    register: (body = "") => ask("$dps/registrations/PUT/iotdps-register/?$rid=1", body),
    poll: (operationId) =>
      ask(
        `$dps/registrations/GET/iotdps-get-operationstatus/?$rid=2&operationId=${operationId}`,
        " ",
      ),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

/** The parts of an answer over MQTT; its topic's members stand in the only order that every SDK can read. */
export function readAnswer(answer: Awaited<ReturnType<WireClient["nextPublish"]>>): DpsAnswer {
  const parts = /^\$dps\/registrations\/res\/(\d{3})\/\?\$rid=[^&]+(?:&retry-after=(\d+))?$/.exec(
    answer.topic,
  );
  if (parts === null) throw new Error(`not a topic of an answer: ${answer.topic}`);
  const [, status, retryAfter] = parts;
  return {
    status: Number(status),
    retryAfterS: retryAfter === undefined ? undefined : Number(retryAfter),
    body: JSON.parse(answer.body),
  };
}

function overHttps(
  target: Target,
  registrationId: string,
  keys: DeviceKeys,
  { host, apiVersion = "2021-06-01" }: RawDeviceOptions,
): RawDevice {
  const at = `/${target.idScope}/registrations/${registrationId}`;
  const ask = async (method: string, path: string, body?: string): Promise<DpsAnswer> => {
    const answer = await target.https({
      method,
      path: `${at}/${path}?api-version=${apiVersion}`,
      host,
      keys,
      body,
    });
    const retryAfter = answer.headers["retry-after"];
    return {
      status: answer.status,
      retryAfterS: retryAfter === undefined ? undefined : Number(retryAfter),
      body: JSON.parse(answer.body),
    };
  };
  return {
    register: (body) => ask("PUT", "register", body),
    poll: (operationId) => ask("GET", `operations/${operationId}`),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Registers and polls to the end, as often as DPS says; gives every answer. */
export async function registerRaw(device: RawDevice, body?: string): Promise<readonly DpsAnswer[]> {
  const answers = [await device.register(body)];
  for (;;) {
    const last = answers.at(-1);
    if (last?.status !== 202) return answers;
    // The protocol's own wait; the emulator in this process says 0.
    await delay((last.retryAfterS ?? 2) * 1000);
    answers.push(await device.poll(String(last.body["operationId"])));
  }
}
