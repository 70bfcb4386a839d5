import type { Client, Registry } from "azure-iothub";

import { routeClient, serviceAgent } from "./connection.ts";
import type { ServiceAccess } from "./service-access.ts";
import { hostOf } from "./service-access.ts";

/** Microsoft's clients of a hub's service APIs, which share their connections. */
export interface OpenHubClient {
  /** Identities, twins, queries. */
  readonly registry: Registry;
  /** Direct methods. */
  readonly client: Client;
  /** Host name of the hub. */
  readonly host: string;
  /** Closes idle connections; safe to call twice. */
  readonly close: () => void;
}

/**
 * Opens them; the SDK is loaded when it is first needed.
 *
 * @throws {FleetError} `USAGE` when the connection string is none of a hub
 */
export async function openHubClient(access: ServiceAccess): Promise<OpenHubClient> {
  const host = hostOf(access, "hub");
  const sdk = await import("azure-iothub");
  const registry = sdk.default.Registry.fromConnectionString(access.connectionString);
  const client = sdk.default.Client.fromConnectionString(access.connectionString);
  const agent = serviceAgent(access.route);
  routeClient(registry, agent);
  routeClient(client, agent);
  return { registry, client, host, close: () => agent.destroy() };
}
