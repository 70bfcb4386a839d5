import iotCommon from "azure-iot-common";
import iothub from "azure-iothub";
import { askHub } from "./service-call.ts";
import type { HttpsAnswer, Target } from "./target.ts";
import { HAS_MANAGEMENT } from "./target.ts";

const { Message } = iotCommon;

/** A cloud-to-device message. */
export interface Command {
  readonly body: string;
  readonly messageId?: string;
  readonly correlationId?: string;
  readonly expiryTimeUtc?: string;
  readonly ack?: "none" | "positive" | "negative" | "full";
  readonly properties?: Readonly<Record<string, string>>;
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
