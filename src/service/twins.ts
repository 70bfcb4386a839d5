import type { JsonObject } from "../base/json.ts";
import { patchTwin } from "./change-twin.ts";
import { openHubClient } from "./hub-client.ts";
import type { ServiceAccess } from "./service-access.ts";

/** The twins of one hub, for a run that patches them while its devices are at work. */
export interface HubTwins {
  /** Host name of the hub. */
  readonly host: string;
  /**
   * Merges `desired` into the device's desired section, whatever its etag.
   *
   * @returns the section's new `$version`
   * @throws {FleetError} `REFUSED` or `UNREACHABLE`
   */
  patchDesired(deviceId: string, desired: JsonObject, signal?: AbortSignal): Promise<number>;
  /** Closes idle connections; safe to call twice. */
  close(): void;
}

/**
 * Opens a hub's twins through Microsoft's service SDK.
 *
 * @throws {FleetError} `USAGE` when the connection string is none of a hub
 */
export async function openHubTwins(access: ServiceAccess): Promise<HubTwins> {
  const hub = await openHubClient(access);
  return {
    host: hub.host,
    patchDesired: async (deviceId, desired, signal) => {
      const twin = await patchTwin(hub, deviceId, { desired }, { signal });
      return twin.desired.version;
    },
    close: hub.close,
  };
}
