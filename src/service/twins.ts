import { z } from "zod";

import type { JsonObject } from "../base/json.ts";
import { withTimeout } from "../base/retry.ts";
import type { ServiceRoute } from "./connection.ts";
import { hostNameOf, routeClient, SERVICE_TIMEOUT_MS, serviceAgent } from "./connection.ts";
import { serviceError } from "./service-error.ts";

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
 * @param source where the connection string came from, for messages
 * @throws {FleetError} `USAGE` when `connectionString` is not one
 */
export async function openHubTwins(
  connectionString: string,
  source: string,
  route: ServiceRoute,
): Promise<HubTwins> {
  const host = hostNameOf(connectionString, source);
  const sdk = await import("azure-iothub");
  const registry = sdk.default.Registry.fromConnectionString(connectionString);
  const agent = serviceAgent(route);
  routeClient(registry, agent);
  return {
    host,
    patchDesired: async (deviceId, desired, signal) => {
      const what = `patching the twin of ${deviceId} at ${host}`;
      try {
        return await withTimeout({ what, timeoutMs: SERVICE_TIMEOUT_MS, signal }, async () => {
          const answer = await registry.updateTwin(deviceId, { properties: { desired } }, "*");
          return twinAnswer.parse(answer.responseBody).properties.desired.$version;
        });
      } catch (error) {
        signal?.throwIfAborted();
        throw serviceError(what, error);
      }
    },
    close: () => agent.destroy(),
  };
}
