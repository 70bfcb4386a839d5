import type { CaStore } from "../../certificates/ca-store.ts";
import type { Enrollments } from "../../dps/enrollments.ts";
import type { LinkedHubs } from "../../dps/linked-hubs.ts";
import type { Registrations } from "../../dps/registrations.ts";
import type { Surroundings } from "../../surroundings.ts";
import type { ApiScope } from "../api-server.ts";
import { enrollmentRoutes } from "./enrollment-routes.ts";
import { registrationRoutes } from "./registration-routes.ts";

export interface DpsApiOptions {
  readonly around: Surroundings;
  readonly enrollments: Enrollments;
  readonly registrations: Registrations;
  readonly linkedHubs: LinkedHubs;
  readonly cas: CaStore;
}

/**
 * The service API of DPS.
 * Source: Azure/azure-rest-api-specs, DeviceProvisioningServices service.json (2021-10-01).
 */
export function dpsRoutes(api: ApiScope, options: DpsApiOptions): void {
  enrollmentRoutes(api, options);
  registrationRoutes(api, options);
}
