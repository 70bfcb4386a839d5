import type { Right } from "../access-policy.ts";
import { ServiceFault } from "../fault.ts";
import type { ApiScope } from "./api-server.ts";
import { needs } from "./authorization.ts";

/** What a hub of Azure has and this one has not; a path goes from here when it is built. */
export const MISSING_HUB_ROUTES = [
  ["GET", "/devices/:id/modules"],
  ["PUT", "/devices/:id/modules/:module"],
  ["GET", "/devices/:id/modules/:module"],
  ["DELETE", "/devices/:id/modules/:module"],
  ["POST", "/devices/:id/applyConfigurationContent"],
  ["GET", "/twins/:id/modules/:module"],
  ["PATCH", "/twins/:id/modules/:module"],
  ["PUT", "/twins/:id/modules/:module"],
  ["POST", "/twins/:id/modules/:module/methods"],
  ["POST", "/jobs/create"],
  ["GET", "/jobs"],
  ["GET", "/jobs/:id"],
  ["DELETE", "/jobs/:id"],
  ["GET", "/configurations"],
  ["POST", "/configurations/testQueries"],
  ["GET", "/configurations/:id"],
  ["PUT", "/configurations/:id"],
  ["DELETE", "/configurations/:id"],
  ["GET", "/messages/serviceBound/feedback"],
  ["DELETE", "/messages/serviceBound/feedback/:lockToken"],
  ["POST", "/messages/serviceBound/feedback/:lockToken/abandon"],
  ["GET", "/digitaltwins/:id"],
  ["PATCH", "/digitaltwins/:id"],
  ["POST", "/digitaltwins/:id/commands/:command"],
  ["POST", "/digitaltwins/:id/components/:component/commands/:command"],
] as const;

/**
 * The paths of the hubs' service API that answer 501.
 * Source: Azure/azure-rest-api-specs, Microsoft.Devices iothub service API (2021-04-12).
 */
export function missingHubRoutes(api: ApiScope): void {
  answerNotImplemented(api, MISSING_HUB_ROUTES, [
    "RegistryRead",
    "RegistryWrite",
    "ServiceConnect",
  ]);
}

function answerNotImplemented(
  api: ApiScope,
  routes: readonly (readonly [method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE", url: string])[],
  rights: readonly Right[],
): void {
  for (const [method, url] of routes)
    api.route({
      method,
      url,
      ...needs(...rights),
      handler: () => {
        throw new ServiceFault("notImplemented", "Known in Azure, not in this emulator.");
      },
    });
}
