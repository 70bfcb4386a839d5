import type { FastifyRequest } from "fastify";
import { isBasic } from "../../../base/hub-tiers.ts";
import { z } from "zod";
import { BUILT_IN_ENDPOINT } from "../../events/event-endpoint.ts";
import type { IotHub } from "../../hub/hub.ts";
import type { HubTierSetting } from "../../throttling/hub-throttling.ts";
import type { ApiScope } from "../api-server.ts";
import type { ManagedType } from "./management-routes.ts";
import { resourceIdentity } from "./management-routes.ts";
import { readRouting } from "./read-routing.ts";
import { headerOf, parseBody, sendJson } from "../replies.ts";
import { routingDocument, routingShown } from "./routing-document.ts";

/** Clients send back what a GET gave them; of that, routing can be changed here. */
const resource = z.looseObject({
  properties: z.looseObject({ routing: routingDocument.nullish() }),
});

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * A hub as a resource, with its message routing.
 * Source: Azure/azure-rest-api-specs, Microsoft.Devices iothub.json, IotHubResource_Get and IotHubResource_CreateOrUpdate;
 * where Azure takes its time, this is done with the answer.
 */
export function hubResourceRoutes(api: ApiScope, type: ManagedType<IotHub>): void {
  const shown = (request: FastifyRequest): unknown => ({
    ...resourceIdentity(request, type.typeName),
    ...hubShown(type.of(request)),
  });
  api.get(type.path, async (request, reply) => {
    await sendJson(reply, 200, shown(request));
  });
  api.put(type.path, async (request, reply) => {
    const { around, routing, throttling } = type.of(request);
    const { properties } = parseBody(resource, request.body);
    const settings = readRouting(properties.routing, { ...around.limits, ...throttling.room });
    routing.replace(settings, headerOf(request, "if-match"));
    await sendJson(reply, 200, shown(request));
  });
}

function hubShown(hub: IotHub): object {
  const { hostName, around, routing, endpoints, throttling } = hub;
  const { limits } = around;
  const partitions = endpoints.get(BUILT_IN_ENDPOINT)?.partitions ?? [];
  return {
    location: "local",
    tags: {},
    etag: routing.etag,
    sku: skuOf(throttling.setting),
    properties: {
      state: "Active",
      provisioningState: "Succeeded",
      hostName,
      eventHubEndpoints: {
        [BUILT_IN_ENDPOINT]: {
          retentionTimeInDays: Math.ceil(limits.eventRetentionMs / DAY_MS),
          partitionCount: partitions.length,
          partitionIds: [...partitions.keys()].map(String),
          path: hostName.split(".")[0],
        },
      },
      routing: routingShown(routing.settings),
    },
  };
}

/** A hub without a tier is shown as the smallest that has all operations. */
function skuOf({ tier, units }: HubTierSetting): object {
  const name = tier === "none" ? "S1" : tier;
  const kind = name === "F1" ? "Free" : isBasic(name) ? "Basic" : "Standard";
  return { name, tier: kind, capacity: units };
}
