import { FleetError } from "./errors.ts";

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
