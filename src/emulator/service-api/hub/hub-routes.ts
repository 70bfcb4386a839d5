import type { FastifyRequest } from "fastify";
import type { IotHub } from "../../hub/hub.ts";
import type { Surroundings } from "../../surroundings.ts";
import type { ApiScope } from "../api-server.ts";
import { commandRoutes } from "./command-routes.ts";
import { jobRoutes } from "./job-routes.ts";
import { methodRoutes } from "./method-routes.ts";
import { missingHubRoutes } from "../missing-routes.ts";
import { queryRoutes } from "./query-routes.ts";
import { registryRoutes } from "./registry-routes.ts";
import { twinRoutes } from "./twin-routes.ts";

export interface HubApiOptions {
  readonly around: Surroundings;
  /** The hub that the request's host name means. @throws {ServiceFault} `hubNotFound` */
  readonly hubOf: (request: FastifyRequest) => IotHub;
}

/** The service API of the hubs; paths and methods as azure-iothub 1.16 calls them. */
export function hubRoutes(api: ApiScope, options: HubApiOptions): void {
  registryRoutes(api, options);
  twinRoutes(api, options);
  methodRoutes(api, options);
  queryRoutes(api, options);
  jobRoutes(api, options);
  commandRoutes(api, options.hubOf);
  missingHubRoutes(api);
}
