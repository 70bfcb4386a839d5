import iotCommon from "azure-iot-common";
import iothub from "azure-iothub";
import type { HttpsAnswer, Target } from "./target.ts";
import { HAS_MANAGEMENT } from "./target.ts";

const { ConnectionString, Message, SharedAccessSignature } = iotCommon;

/** A cloud-to-device message. */
export interface Command {
  readonly body: string;
  readonly messageId?: string;
  readonly correlationId?: string;
  readonly expiryTimeUtc?: string;
  readonly ack?: "none" | "positive" | "negative" | "full";
  readonly properties?: Readonly<Record<string, string>>;
}

/** Asks the first hub's service API with a token that its policy signed. */
export function askHub(
  target: Target,
  question: {
    readonly method: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  },
): Promise<HttpsAnswer> {
  const given = ConnectionString.parse(target.hubs[0]?.connectionString ?? "", ["SharedAccessKey"]);
  const token = SharedAccessSignature.create(
    target.hub,
    given.SharedAccessKeyName ?? "",
    given.SharedAccessKey ?? "",
    Math.ceil(Date.now() / 1000) + 3600,
  );
  return target.https({
    ...question,
    host: target.hub,
    path: `${question.path}?api-version=2021-04-12`,
    headers: { ...question.headers, authorization: token.toString() },
  });
}

/** Sends by the emulator's own path, and by Microsoft's service client where that finds what it speaks, AMQP. */
export async function sendCommand(target: Target, deviceId: string, sent: Command): Promise<void> {
  if (!HAS_MANAGEMENT) return sendOverAmqp(target, deviceId, sent);
  const { status, body } = await postCommand(target, deviceId, sent);
  if (status !== 201) throw new Error(`${status}: ${body}`);
}

/** The emulator's own path for sending. */
export function postCommand(target: Target, deviceId: string, sent: Command): Promise<HttpsAnswer> {
  const { body, messageId, correlationId, expiryTimeUtc, ack, properties = {} } = sent;
  const headers = {
    "iothub-messageid": messageId,
    "iothub-correlationid": correlationId,
    "iothub-expiry": expiryTimeUtc,
    "iothub-ack": ack,
    ...Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [`iothub-app-${name}`, value]),
    ),
  };
  return askHub(target, {
    method: "POST",
    path: `/devices/${encodeURIComponent(deviceId)}/messages/devicebound`,
    headers: Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value]],
      ),
    ),
    body,
  });
}

async function sendOverAmqp(target: Target, deviceId: string, sent: Command): Promise<void> {
  const client = iothub.Client.fromConnectionString(target.hubs[0]?.connectionString ?? "");
  const { body, properties = {}, ...system } = sent;
  const message = Object.assign(new Message(body), system);
  for (const [name, value] of Object.entries(properties)) message.properties.add(name, value);
  await client.open();
  await client.send(deviceId, message);
  await client.close();
}
