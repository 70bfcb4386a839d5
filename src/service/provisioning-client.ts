import type { ProvisioningServiceClient } from "azure-iot-provisioning-service";

import { routeClient, serviceAgent } from "./connection.ts";
import type { ServiceAccess } from "./service-access.ts";
import { hostOf } from "./service-access.ts";

/** Microsoft's client of a DPS instance's service API. */
export interface OpenProvisioningClient {
  readonly client: ProvisioningServiceClient;
  /** Host name of the DPS instance. */
  readonly host: string;
  /** Closes idle connections; safe to call twice. */
  readonly close: () => void;
}

/**
 * Opens it; the SDK is loaded when it is first needed.
 *
 * @throws {FleetError} `USAGE` when the connection string is none of a DPS instance
 */
export async function openProvisioningClient(
  access: ServiceAccess,
): Promise<OpenProvisioningClient> {
  const host = hostOf(access, "dps");
  const sdk = await import("azure-iot-provisioning-service");
  const client = sdk.default.ProvisioningServiceClient.fromConnectionString(
    access.connectionString,
  );
  const agent = serviceAgent(access.route);
  routeClient(client, agent);
  return { client, host, close: () => agent.destroy() };
}
