import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { ConsumerGroup } from "../../events/consumer-groups.ts";
import type { EventEndpoint } from "../../events/event-endpoint.ts";
import { ServiceFault } from "../../fault.ts";
import type { IotHub } from "../../hub/hub.ts";
import type { Surroundings } from "../../surroundings.ts";
import type { ApiScope } from "../api-server.ts";
import type { ManagedType } from "./management-routes.ts";
import { resourceIdentity } from "./management-routes.ts";
import { parseBody, sendJson } from "../replies.ts";

interface OfEndpoint {
  readonly Params: { readonly endpoint: string };
}

interface OfGroup {
  readonly Params: { readonly endpoint: string; readonly name: string };
}

const groupName = z
  .string()
  .regex(
    /^[A-Za-z0-9$._-]{1,50}$/,
    "expected 1 to 50 letters, digits, periods, hyphens, underscores",
  );

/**
 * The consumer groups of a hub's endpoints, as @azure/arm-iothub 6.3 asks for them.
 * Source: Microsoft Learn, REST reference of IoT Hub, "Create Event Hub Consumer Group" and its neighbours.
 */
export function consumerGroupRoutes(
  api: ApiScope,
  hubs: ManagedType<IotHub>,
  { stamp }: Surroundings,
): void {
  const groups = `${hubs.path}/eventHubEndpoints/:endpoint/ConsumerGroups`;
  const endpointOf = (request: FastifyRequest<OfEndpoint>): EventEndpoint => {
    const { endpoints } = hubs.of(request);
    const endpoint = endpoints.get(request.params.endpoint);
    if (endpoint !== undefined) return endpoint;
    throw new ServiceFault(
      "endpointNotFound",
      `There is no endpoint ${request.params.endpoint}; there is ${[...endpoints.keys()].join(", ")}.`,
    );
  };
  api.get<OfEndpoint>(groups, async (request, reply) => {
    const endpoint = endpointOf(request);
    const value = endpoint.consumerGroups.all().map((one) => documentOf(request, endpoint, one));
    await sendJson(reply, 200, { value });
  });
  api.get<OfGroup>(`${groups}/:name`, async (request, reply) => {
    const endpoint = endpointOf(request);
    const group = endpoint.consumerGroups.get(request.params.name);
    await sendJson(reply, 200, documentOf(request, endpoint, group));
  });
  api.put<OfGroup>(`${groups}/:name`, async (request, reply) => {
    const endpoint = endpointOf(request);
    const name = parseBody(groupName, request.params.name, "name");
    // Older API versions send no body.
    const properties = z.strictObject({ name: z.literal(name) });
    parseBody(z.strictObject({ properties }).optional(), request.body);
    const group = endpoint.consumerGroups.create(name, stamp());
    await sendJson(reply, 200, documentOf(request, endpoint, group));
  });
  api.delete<OfGroup>(`${groups}/:name`, async (request, reply) => {
    endpointOf(request).consumerGroups.delete(request.params.name);
    await reply.code(200).send();
  });
}

function documentOf(
  request: FastifyRequest,
  endpoint: EventEndpoint,
  { name, createdMs }: ConsumerGroup,
): unknown {
  const hub = resourceIdentity(request, "IotHubs");
  return {
    id: `${hub.id}/eventHubEndpoints/${endpoint.name}/ConsumerGroups/${name}`,
    name,
    type: `${hub.type}/EventHubEndpoints/ConsumerGroups`,
    etag: null,
    properties: { created: new Date(createdMs).toUTCString() },
  };
}
