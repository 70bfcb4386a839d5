import { FleetError } from "./errors.ts";
import { isSymmetricKey } from "./symmetric-key.ts";

/** What a connection string can be for. */
export type ConnectionStringKind = "dps" | "hub" | "device" | "eventHub" | "storage";

const KIND_NAMES: Readonly<Record<ConnectionStringKind, string>> = {
  dps: "a Device Provisioning Service",
  hub: "an IoT Hub",
  device: "one device",
  eventHub: "an Event Hub",
  storage: "a storage account",
};
/** Where users find the one that is wanted. */
const FOUND_AT = {
  dps: "portal: the DPS instance, Shared access policies",
  hub: "portal: the IoT Hub, Shared access policies",
  device: "portal: the IoT Hub, Devices, the device, Primary connection string",
} as const;

/** The members of a connection string, in its order. Never throws. */
function membersOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(";").map((part) => {
      const at = part.indexOf("=");
      return [part.slice(0, at).trim(), part.slice(at + 1).trim()] as const;
    }),
  );
}

const DPS_NAME = /\.azure-devices-provisioning\.\w+(\.\w+)?$/i;
const HUB_NAME = /\.azure-devices\.\w+(\.\w+)?$/i;

/**
 * What a connection string is for, as far as it tells: a service's differs from another's by its host name alone, which
 * is no help for a name outside Azure's domains. Never throws.
 *
 * Source: Microsoft Learn, "Control access to IoT Hub" and "Control access to Azure IoT Hub DPS".
 */
export function connectionStringKind(text: string): ConnectionStringKind | undefined {
  const members = membersOf(text);
  if (members.has("DeviceId")) return "device";
  if (members.has("Endpoint")) return "eventHub";
  if (members.has("AccountName")) return "storage";
  const host = members.get("HostName") ?? "";
  if (DPS_NAME.test(host)) return "dps";
  return HUB_NAME.test(host) ? "hub" : undefined;
}

/**
 * Host name of a service's connection string. The string itself never goes into a message.
 *
 * @param source where it came from, for messages
 * @throws {FleetError} `USAGE` when it is none, or one of another kind
 */
export function hostNameOf(text: string, source: string, kind: "dps" | "hub"): string {
  const found = connectionStringKind(text);
  const members = membersOf(text);
  const missing = ["HostName", "SharedAccessKeyName", "SharedAccessKey"].filter(
    (name) => (members.get(name) ?? "") === "",
  );
  const other = found !== undefined && found !== kind;
  if (!other && missing.length === 0) return members.get("HostName") ?? "";
  const expected = `the connection string of ${KIND_NAMES[kind]}`;
  throw new FleetError("USAGE", `${source}: this is not ${expected}`, {
    problems: [
      {
        place: source,
        message: other
          ? `expected ${expected}, got that of ${KIND_NAMES[found]}`
          : `expected HostName=…;SharedAccessKeyName=…;SharedAccessKey=…, ${missing.join(", ")} not found in it`,
      },
    ],
    hint: FOUND_AT[kind],
  });
}

/** What the connection string of one device says. */
export interface DeviceConnectionString {
  /** Host name of its hub. */
  readonly hub: string;
  readonly deviceId: string;
  /** base64; undefined = it shows a certificate (`x509=true`). */
  readonly sharedAccessKey: string | undefined;
}

const DEVICE_MEMBERS = ["HostName", "DeviceId", "SharedAccessKey", "x509"];

/**
 * Reads the connection string of one device. Never throws.
 *
 * @returns what it says, or what is wrong with it in words that show none of its values
 */
export function parseDeviceConnectionString(
  text: string,
): DeviceConnectionString | { readonly problem: string } {
  const kind = connectionStringKind(text);
  if (kind !== undefined && kind !== "device") {
    return {
      problem: `expected the connection string of one device, got that of ${KIND_NAMES[kind]}`,
    };
  }
  const members = membersOf(text);
  const strange = [...members.keys()].filter((name) => !DEVICE_MEMBERS.includes(name));
  const given = (name: string): string | undefined => members.get(name) || undefined;
  const [hub, deviceId, sharedAccessKey] = DEVICE_MEMBERS.map(given);
  const certificate = given("x509")?.toLowerCase() === "true";
  if (hub === undefined || deviceId === undefined || (sharedAccessKey ?? certificate) === false) {
    const form = "HostName=…;DeviceId=…;SharedAccessKey=… or x509=true";
    return { problem: `expected ${form}, got a text without one of them` };
  }
  // A name that is none may be a part of a key that somebody broke.
  const unknown = strange.filter((name) => KNOWN_ELSEWHERE.includes(name));
  if (strange.length > 0) {
    const what = unknown.length > 0 ? unknown.join(", ") : "another member";
    return { problem: `expected ${DEVICE_MEMBERS.join(", ")} alone, got ${what} too` };
  }
  if (certificate && sharedAccessKey !== undefined) {
    return { problem: "expected SharedAccessKey or x509=true, got both" };
  }
  if (!certificate && !isSymmetricKey(sharedAccessKey ?? "")) {
    return { problem: "expected a SharedAccessKey of base64, 16 to 64 bytes, got another text" };
  }
  return { hub, deviceId, sharedAccessKey };
}

const KNOWN_ELSEWHERE = [
  "ModuleId",
  "GatewayHostName",
  "SharedAccessKeyName",
  "SharedAccessSignature",
];
