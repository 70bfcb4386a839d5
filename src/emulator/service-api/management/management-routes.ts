import type { FastifyReply, FastifyRequest } from "fastify";
import { ServiceFault } from "../../fault.ts";
import { adminTokenCheck } from "../admin-token.ts";
import type { ApiScope } from "../api-server.ts";
import { JSON_TYPE } from "../replies.ts";

/** Where the paths of the management API begin, under every host name. */
export const MANAGEMENT_PREFIX = "/subscriptions";

/** The types of Azure's resource provider that are here, as paths and documents write them. */
export type ManagedTypeName = "provisioningServices" | "IotHubs";

/**
 * The resources of one type. A route file adds its routes under `path`, and asks `of` whom a request means:
 *
 *     api.get(`${hubs.path}/routingEndpoints`, async (request, reply) => { … hubs.of(request) … })
 */
export interface ManagedType<R> {
  readonly typeName: ManagedTypeName;
  /** Up to the name of the resource, without {@link MANAGEMENT_PREFIX}; its parameters are `subscription`, `group`, `resource`. */
  readonly path: string;
  /** @throws {ServiceFault} `resourceNotFound` */
  of(request: FastifyRequest): R;
}

/** What the management API speaks of: an entry for each DPS instance and each hub, by host name. */
export interface Managed<D, H> {
  readonly provisioningServices: ManagedType<D>;
  readonly iotHubs: ManagedType<H>;
}

export interface ManagementOptions<D, H> {
  readonly adminToken: string;
  readonly provisioningServices: ReadonlyMap<string, D>;
  readonly iotHubs: ReadonlyMap<string, H>;
}

/**
 * Makes `api` a scope of paths in the shape of Azure's resources, to be registered under {@link MANAGEMENT_PREFIX}:
 * `/subscriptions/{any}/resourceGroups/{any}/providers/Microsoft.Devices/{type}/{name}/…`. The name is the first label
 * of the host name. Where Azure asks for a bearer token of Entra, the emulator's admin token is wanted; any subscription,
 * group and api-version will do. Refusals are Azure Resource Manager's `{"error":{"code","message"}}`.
 *
 * Source: Microsoft Learn, "Azure Resource Manager: common API error response" and "Create resource ID".
 */
export function managementScope<D, H>(
  api: ApiScope,
  options: ManagementOptions<D, H>,
): Managed<D, H> {
  const mayManage = adminTokenCheck(options.adminToken);
  api.addHook("onRequest", async (request) => {
    if (!mayManage(request))
      throw new ServiceFault("managementUnauthorized", "The admin token is missing or wrong.");
  });
  api.setNotFoundHandler(() => {
    throw new ServiceFault("resourceNotFound", "No such resource, or not with this method.");
  });
  return {
    provisioningServices: managedType("provisioningServices", options.provisioningServices),
    iotHubs: managedType("IotHubs", options.iotHubs),
  };
}

function managedType<R>(
  typeName: ManagedTypeName,
  byHostName: ReadonlyMap<string, R>,
): ManagedType<R> {
  const byName = new Map([...byHostName].map(([host, one]) => [host.split(".")[0], one]));
  return {
    typeName,
    path: `/:subscription/resourceGroups/:group/providers/Microsoft.Devices/${typeName}/:resource`,
    of: (request) => {
      const name = resourceNameOf(request);
      const found = byName.get(name.toLowerCase());
      if (found !== undefined) return found;
      throw new ServiceFault(
        "resourceNotFound",
        `The Resource 'Microsoft.Devices/${typeName}/${name}' was not found; there is ${[...byName.keys()].join(", ")}.`,
      );
    },
  };
}

function resourceNameOf({ params }: FastifyRequest): string {
  const name: unknown =
    typeof params === "object" && params !== null ? Reflect.get(params, "resource") : undefined;
  return typeof name === "string" ? name : "";
}

/**
 * What every document of a resource begins with: the id is the path as it was asked for.
 *
 * @param parts a child's own type and name, such as `["certificates", "factory"]`
 */
export function resourceIdentity(
  request: FastifyRequest,
  typeName: ManagedTypeName,
  parts?: readonly [type: string, name: string],
): { readonly id: string; readonly name: string; readonly type: string } {
  const [path = ""] = request.url.split("?");
  const resource = resourceNameOf(request);
  const at = path.toLowerCase().indexOf(`/${typeName.toLowerCase()}/`);
  const own = `${path.slice(0, at)}/${typeName}/${resource}`;
  const type = `Microsoft.Devices/${typeName}`;
  if (parts === undefined) return { id: own, name: resource, type };
  const [childType, name] = parts;
  return { id: `${own}/${childType}/${name}`, name, type: `${type}/${childType}` };
}

/** Writes a refusal as Azure Resource Manager does. */
export async function managementFault(reply: FastifyReply, fault: ServiceFault): Promise<void> {
  await reply
    .code(fault.status)
    .header("content-type", JSON_TYPE)
    .send(JSON.stringify({ error: { code: fault.codeName, message: fault.message } }));
}
