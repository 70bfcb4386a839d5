/** What the sender wants to be told about a message (Microsoft Learn, "Send cloud-to-device messages", message feedback). */
export const ACKNOWLEDGMENTS = ["none", "positive", "negative", "full"] as const;

/** A cloud-to-device message, as its sender made it. */
export interface CommandMessage {
  readonly messageId: string;
  readonly correlationId?: string | undefined;
  readonly userId?: string | undefined;
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly acknowledgment?: (typeof ACKNOWLEDGMENTS)[number] | undefined;
  /** As the sender wrote it, ISO 8601. */
  readonly expiryTime?: string | undefined;
  /** Application properties; null for one that has no value. */
  readonly properties: ReadonlyMap<string, string | null>;
  readonly body: Buffer;
}

/**
 * The property bag under which a device gets the message: a property without value is its bare name, an empty value is
 * `name=`. The `$` of system properties comes percent-encoded, as all that is not unreserved in a URI.
 * Source: Microsoft Learn, "Communicate with an IoT hub using MQTT", "Receiving cloud-to-device messages".
 */
export function commandBag(deviceId: string, message: CommandMessage): string {
  const system = [
    ["$.mid", message.messageId],
    ["$.to", `/devices/${deviceId}/messages/deviceBound`],
    ["$.cid", message.correlationId],
    ["$.uid", message.userId],
    ["$.exp", message.expiryTime],
    ["$.ct", message.contentType],
    ["$.ce", message.contentEncoding],
    ["iothub-ack", message.acknowledgment],
  ] as const;
  return [...system, ...message.properties]
    .flatMap(([name, value]) => (value === undefined ? [] : [pair(name, value)]))
    .join("&");
}

/**
 * The size that counts: body, values of system properties, names and values of application properties.
 * Source: Microsoft Learn, "Create and read IoT Hub messages".
 */
export function commandBytes(message: CommandMessage): number {
  const { messageId, correlationId, userId, contentType, contentEncoding, expiryTime } = message;
  const values = [messageId, correlationId, userId, contentType, contentEncoding, expiryTime];
  const system = [...values, message.acknowledgment].map((value) => value ?? "");
  const user = [...message.properties].map(([name, value]) => `${name}${value ?? ""}`);
  return message.body.length + Buffer.byteLength([...system, ...user].join(""));
}

function pair(name: string, value: string | null): string {
  return value === null
    ? encodeURIComponent(name)
    : `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
}
