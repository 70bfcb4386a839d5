import { isUtf8 } from "node:buffer";
import { authMethodText } from "../hub/login-method.ts";
import { parsePropertyBag } from "../hub/property-bag.ts";
import type { StoredEvent } from "./event-log.ts";

/** Wire keys of system properties and the names under which readers see them (azure-iot-device 1.18, Message). */
const SYSTEM_NAMES: Readonly<Record<string, string>> = {
  mid: "message-id",
  cid: "correlation-id",
  uid: "user-id",
  to: "to",
  ct: "content-type",
  ce: "content-encoding",
  exp: "absolute-expiry-time",
  ctime: "creation-time",
};

/** All that a reader of the hub sees of a message, as one line of JSON. */
export function fullLine(event: StoredEvent): string {
  const properties = parsePropertyBag(event.bag);
  const system = [...properties.system].map(([key, value]) => [SYSTEM_NAMES[key] ?? key, value]);
  const component = properties.system.get("sub");
  return JSON.stringify({
    sequence: event.sequence,
    hub: event.hub,
    deviceId: event.deviceId,
    enqueuedTime: new Date(event.enqueuedMs).toISOString(),
    enqueuedMs: event.enqueuedMs,
    properties: { ...Object.fromEntries(properties.user), ...event.added },
    systemProperties: Object.fromEntries(system),
    // Names: microsoft/IoT-For-Beginners, sample output of monitor-events.
    annotations: {
      "iothub-connection-device-id": event.deviceId,
      "iothub-connection-auth-method": authMethodText(event.loginMethod),
      "iothub-connection-auth-generation-id": event.generationId,
      "iothub-enqueuedtime": new Date(event.enqueuedMs).toISOString(),
      "iothub-message-source": "Telemetry",
      ...(event.modelId === "" ? {} : { "dt-dataschema": event.modelId }),
      ...(component === undefined ? {} : { "dt-subject": component }),
    },
    ...(isUtf8(event.body)
      ? { body: event.body.toString("utf8") }
      : { bodyBase64: event.body.toString("base64") }),
  });
}

/** What a run's ledger needs of a message; `boot` and `seq` are null where the message has none. */
export function ledgerLine(event: StoredEvent): string {
  const { user } = parsePropertyBag(event.bag);
  return JSON.stringify({
    sequence: event.sequence,
    deviceId: event.deviceId,
    boot: count(user.get("boot")),
    seq: count(user.get("seq")),
    enqueuedMs: event.enqueuedMs,
  });
}

function count(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
