import { ServiceFault } from "../fault.ts";
import type { HubConnection } from "./hub-connection.ts";
import type { IotHub } from "./hub.ts";
import { messageBytes, parsePropertyBag } from "./property-bag.ts";

export interface TelemetryMessage {
  /** The property bag as it stood in the topic. */
  readonly bag: string;
  /** The hub keeps it. */
  readonly body: Buffer;
  readonly retained: boolean;
  readonly isWill: boolean;
}

/**
 * Takes a device-to-cloud message for good: it is acknowledged only afterwards.
 *
 * @throws {ServiceFault} `messageTooLarge`, `deviceNotFound`
 */
export function ingestTelemetry(
  hub: IotHub,
  connection: HubConnection,
  { bag, body, retained, isWill }: TelemetryMessage,
): void {
  const { telemetryMaxBytes } = hub.around.limits;
  // Decoding never lengthens, so only what is near the limit is counted exactly.
  const near = body.length + Buffer.byteLength(bag) > telemetryMaxBytes;
  if (near && messageBytes(body.length, parsePropertyBag(bag)) > telemetryMaxBytes)
    throw new ServiceFault(
      "messageTooLarge",
      `A device-to-cloud message has at most ${telemetryMaxBytes} bytes, properties included.`,
    );
  const record = hub.devices.get(connection.deviceId);
  hub.ingest({
    hub: hub.hostName,
    deviceId: connection.deviceId,
    generationId: record.generationId,
    modelId: record.modelId,
    loginMethod: connection.login.method,
    // By now, not when it came: it may have been held up, and the log is in the order of these times.
    enqueuedMs: hub.around.clock(),
    bag,
    added: addedProperties(retained, isWill),
    body,
  });
}

/** Names: Microsoft Learn, "Communicate with an IoT hub using MQTT", sections on RETAIN and on the will. */
function addedProperties(
  retained: boolean,
  isWill: boolean,
): Readonly<Record<string, string>> | undefined {
  if (!retained && !isWill) return undefined;
  return {
    ...(retained ? { "mqtt-retain": "true" } : {}),
    ...(isWill ? { "iothub-MessageType": "Will" } : {}),
  };
}
