/** The properties of a device-to-cloud message, split as readers of the hub see them. */
export interface MessageProperties {
  /** Application properties. */
  readonly user: ReadonlyMap<string, string>;
  /** System properties by their wire key without `$.`: `mid`, `ct`, `ce`, … */
  readonly system: ReadonlyMap<string, string>;
}

/**
 * Reads `key=value&key=value`, both sides percent-encoded. Some SDKs send the `$` of system properties as `%24`
 * and some as it is, so keys are decoded before they are compared. A broken escape stays as it is; never throws.
 * Source: Microsoft Learn, "Communicate with an IoT hub using MQTT", "Sending device-to-cloud messages".
 */
export function parsePropertyBag(bag: string): MessageProperties {
  const user = new Map<string, string>();
  const system = new Map<string, string>();
  // Some clients set a `?` before the bag (older SDKs, documented in the 2017 edition).
  for (const part of bag.replace(/^\?/, "").split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const key = decode(equals < 0 ? part : part.slice(0, equals));
    const value = equals < 0 ? "" : decode(part.slice(equals + 1));
    if (key.startsWith("$.")) system.set(key.slice(2), value);
    else user.set(key, value);
  }
  return { user, system };
}

export function formatPropertyBag(properties: MessageProperties): string {
  const system = [...properties.system].map(([key, value]) => [`$.${key}`, value] as const);
  return [...system, ...properties.user]
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
    .join("&");
}

/**
 * The size that counts against the 256 KB of a message: body, values of system properties, names and values of
 * application properties. Source: Microsoft Learn, "Create and read IoT Hub messages".
 */
export function messageBytes(bodyBytes: number, properties: MessageProperties): number {
  let bytes = bodyBytes;
  for (const value of properties.system.values()) bytes += Buffer.byteLength(value);
  for (const [key, value] of properties.user)
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  return bytes;
}

function decode(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
