import type { FastifyRequest } from "fastify";
import type { LinkedHubs } from "../../dps/linked-hubs.ts";
import type { NewKey } from "../../random-key.ts";
import type { ApiScope } from "../api-server.ts";
import type { LinkableHub } from "./dps-resource-document.ts";
import { dpsResourceDocument, parseDpsResource } from "./dps-resource-document.ts";
import type { ManagedType } from "./management-routes.ts";
import { resourceIdentity } from "./management-routes.ts";
import { headerOf, sendJson } from "../replies.ts";

/** A DPS instance as the management API knows it. */
export interface ManagedDps {
  readonly linkedHubs: LinkedHubs;
  readonly idScope: string;
  /** Its own name first, then the global one. */
  readonly hostNames: readonly [dpsHost: string, provisioningHost: string];
}

/**
 * The DPS instance as a resource: the hubs that are linked to it, with their weights, and its allocation policy.
 * Source: Azure/azure-rest-api-specs, Microsoft.Devices iotdps.json (2022-02-05), IotDpsResource_Get and
 * IotDpsResource_CreateOrUpdate; where Azure takes its time, this is done with the answer.
 */
export function dpsResourceRoutes(
  api: ApiScope,
  type: ManagedType<ManagedDps>,
  context: {
    readonly hubs: ReadonlyMap<string, LinkableHub>;
    readonly linkedHubsMax: number;
    readonly newKey: NewKey;
  },
): void {
  const shown = (request: FastifyRequest): Readonly<Record<string, unknown>> => {
    const {
      linkedHubs,
      idScope,
      hostNames: [dpsHost, provisioningHost],
    } = type.of(request);
    return {
      ...resourceIdentity(request, type.typeName),
      ...dpsResourceDocument(linkedHubs, { idScope, dpsHost, provisioningHost }),
    };
  };
  api.get(type.path, async (request, reply) => {
    await sendJson(reply, 200, shown(request));
  });
  api.put(type.path, async (request, reply) => {
    const { linkedHubs } = type.of(request);
    const settings = parseDpsResource(request.body, { ...context, linkedHubs });
    linkedHubs.replace(settings, headerOf(request, "if-match"));
    await sendJson(reply, 200, shown(request));
  });
}
