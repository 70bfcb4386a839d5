import { isUtf8 } from "node:buffer";
import { authMethodText } from "../hub/login/login-method.ts";
import { parsePropertyBag } from "../hub/property-bag.ts";
import type { StoredEvent } from "./event-log.ts";

/** Wire keys of system properties and the names under which readers see them (azure-iot-device 1.18, Message). */
const SYSTEM_NAMES: ReadonlyMap<string, string> = new Map([
  ["mid", "message-id"],
  ["cid", "correlation-id"],
  ["uid", "user-id"],
  ["to", "to"],
  ["ct", "content-type"],
  ["ce", "content-encoding"],
  ["exp", "absolute-expiry-time"],
  ["ctime", "creation-time"],
]);

/** Told as the annotation `dt-subject` instead. */
const COMPONENT = "sub";

/** Where a reader found a message. */
export interface EventPlace {
  readonly endpoint: string;
  readonly partition: number;
  /** In that partition, from 0. */
  readonly sequenceNumber: number;
}

/** All that a reader of an endpoint sees of a message, as one line of JSON. */
export function fullLine({ message, sequence }: StoredEvent, place: EventPlace): string {
  const { user, system } = parsePropertyBag(message.bag);
  const enqueuedTime = new Date(message.enqueuedMs).toISOString();
  const component = system.get(COMPONENT);
  return JSON.stringify({
    sequence,
    hub: message.hub,
    ...place,
    deviceId: message.deviceId,
    enqueuedTime,
    properties: { ...Object.fromEntries(user), ...message.added },
    systemProperties: Object.fromEntries(
      [...system]
        .filter(([key]) => key !== COMPONENT)
        .map(([key, value]) => [SYSTEM_NAMES.get(key) ?? key, value]),
    ),
    // Names: Microsoft Learn, "Create and read IoT Hub messages"; of x-opt-*, "AMQP 1.0 in Azure Event Hubs".
    annotations: {
      "x-opt-sequence-number": place.sequenceNumber,
      "x-opt-offset": String(place.sequenceNumber),
      "x-opt-enqueued-time": enqueuedTime,
      "iothub-connection-device-id": message.deviceId,
      "iothub-connection-auth-method": authMethodText(message.loginMethod),
      "iothub-connection-auth-generation-id": message.generationId,
      "iothub-enqueuedtime": enqueuedTime,
      "iothub-message-source": "Telemetry",
      ...(message.modelId === "" ? {} : { "dt-dataschema": message.modelId }),
      ...(component === undefined ? {} : { "dt-subject": component }),
    },
    ...(isUtf8(message.body)
      ? { body: message.body.toString("utf8") }
      : { bodyBase64: message.body.toString("base64") }),
  });
}

/** What a run's ledger needs of a message; `boot`, `seq` and `createdMs` are null where the message does not say. */
export function ledgerLine({ message, sequence }: StoredEvent): string {
  const { user, system } = parsePropertyBag(message.bag);
  return JSON.stringify({
    sequence,
    hub: message.hub,
    deviceId: message.deviceId,
    boot: count(user.get("boot")),
    seq: count(user.get("seq")),
    enqueuedMs: message.enqueuedMs,
    createdMs: time(system.get("ctime")),
  });
}

function count(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** ms since 1970 of an ISO 8601 time. */
function time(text: string | undefined): number | null {
  const ms = text !== undefined && /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(ms) ? null : ms;
}
