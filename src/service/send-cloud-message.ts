import type { Json } from "../base/json.ts";
import { executeApiCall } from "./connection.ts";
import type { OpenHubClient } from "./hub-client.ts";
import { serviceCall } from "./service-call.ts";

/** A message to one device. */
export interface CloudMessage {
  /** 1 to 128 characters of printable ASCII; the device gets it with the message. */
  readonly messageId: string;
  readonly body: Json;
  readonly properties: Readonly<Record<string, string>>;
  /** After that moment the hub gives it to nobody. */
  readonly expires: Date;
}

/**
 * Puts a cloud-to-device message into a device's queue at an emulator's hub, over HTTPS. Azure takes such messages over
 * AMQP alone, so this call is the emulator's own.
 *
 * @throws {FleetError} `REFUSED` or `UNREACHABLE`
 */
export async function sendCloudMessage(
  { registry, host }: Pick<OpenHubClient, "registry" | "host">,
  deviceId: string,
  { messageId, body, properties, expires }: CloudMessage,
  signal?: AbortSignal,
): Promise<void> {
  const path = `/devices/${encodeURIComponent(deviceId)}/messages/devicebound?api-version=2021-04-12`;
  const application = Object.entries(properties).map(([name, value]) => [
    `iothub-app-${name}`,
    value,
  ]);
  const headers = {
    "Content-Type": "application/json; charset=utf-8",
    "iothub-messageid": messageId,
    "iothub-expiry": expires.toISOString(),
    ...Object.fromEntries(application),
  };
  const what = `sending a message to ${deviceId} at ${host}`;
  await serviceCall({ what, signal }, () =>
    executeApiCall(registry, { method: "POST", path, headers, body: JSON.stringify(body) }),
  );
}
