import { z } from "zod";

import type { JsonObject } from "../base/json.ts";
import { openHubClient } from "./hub-client.ts";
import type { ServiceAccess } from "./service-access.ts";
import { serviceCall } from "./service-call.ts";

/** The one number that is read of a twin answer: the version that the patch made. */
const twinAnswer = z.object({
  properties: z.object({ desired: z.object({ $version: z.number() }) }),
});

/** The twins of one hub, from the service's side. */
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
  const { registry, host, close } = await openHubClient(access);
  return {
    host,
    patchDesired: (deviceId, desired, signal) =>
      serviceCall({ what: `patching the twin of ${deviceId} at ${host}`, signal }, async () => {
        const answer = await registry.updateTwin(deviceId, { properties: { desired } }, "*");
        return twinAnswer.parse(answer.responseBody).properties.desired.$version;
      }),
    close,
  };
}
