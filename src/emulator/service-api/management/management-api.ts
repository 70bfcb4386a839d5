import type { CaStore } from "../../certificates/ca-store.ts";
import type { IotHub } from "../../hub/hub.ts";
import type { Surroundings } from "../../surroundings.ts";
import type { ApiScope } from "../api-server.ts";
import { caCertificateRoutes } from "./ca-certificate-routes.ts";
import { consumerGroupRoutes } from "./consumer-group-routes.ts";
import type { ManagedDps } from "./dps-resource-routes.ts";
import { dpsResourceRoutes } from "./dps-resource-routes.ts";
import { hubResourceRoutes } from "./hub-resource-routes.ts";
import { managementScope } from "./management-routes.ts";
import { policyKeyRoutes } from "./policy-key-routes.ts";
import { routeTestRoutes } from "./route-test-routes.ts";

export interface ManagementApiOptions {
  readonly around: Surroundings;
  readonly adminToken: string;
  readonly dps: ManagedDps & { readonly cas: CaStore };
  /** By host name. */
  readonly hubs: ReadonlyMap<string, IotHub>;
}

/** All that Azure Resource Manager would do with the DPS instance and the hubs. */
export function managementApi(api: ApiScope, options: ManagementApiOptions): void {
  const { around, adminToken, dps, hubs } = options;
  // A route file of this API gets what this returns: where its paths begin, and whom a request means.
  const managed = managementScope(api, {
    adminToken,
    provisioningServices: new Map([[dps.hostNames[0], dps]]),
    iotHubs: hubs,
  });
  const { linkedHubsMax } = around.limits;
  const { newKey } = around;
  dpsResourceRoutes(api, managed.provisioningServices, { hubs, linkedHubsMax, newKey });
  policyKeyRoutes(
    api,
    managed.provisioningServices,
    (instance) => instance.linkedHubs.settings.policies,
  );
  policyKeyRoutes(api, managed.iotHubs, (hub) => hub.policies);
  caCertificateRoutes(api, managed.provisioningServices, ({ cas }) => cas);
  caCertificateRoutes(api, managed.iotHubs, (hub) => hub.cas);
  consumerGroupRoutes(api, managed.iotHubs, around);
  hubResourceRoutes(api, managed.iotHubs);
  routeTestRoutes(api, managed.iotHubs);
}
