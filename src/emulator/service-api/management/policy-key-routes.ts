import type { FastifyRequest } from "fastify";
import type { AccessPolicy } from "../../access-policy.ts";
import { ServiceFault } from "../../fault.ts";
import type { ApiScope } from "../api-server.ts";
import type { ManagedType } from "./management-routes.ts";
import { sendJson } from "../replies.ts";

interface ByKeyName {
  readonly Params: { readonly keyName: string };
}

/** Where the keys of one policy are. */
const KEYS = { provisioningServices: "keys", IotHubs: "IotHubKeys" } as const;

/**
 * The shared access policies of DPS instances or of hubs, with their keys.
 * Source: @azure/arm-iothub 6.3, listKeys and getKeysForKeyName; @azure/arm-deviceprovisioningservices 5.1, listKeys and
 * listKeysForKeyName.
 */
export function policyKeyRoutes<R>(
  api: ApiScope,
  type: ManagedType<R>,
  policiesOf: (resource: R) => readonly AccessPolicy[],
): void {
  const policies = (request: FastifyRequest): readonly AccessPolicy[] =>
    policiesOf(type.of(request));
  api.post(`${type.path}/listkeys`, async (request, reply) => {
    await sendJson(reply, 200, { value: policies(request).map(keysDocument) });
  });
  api.post<ByKeyName>(
    `${type.path}/${KEYS[type.typeName]}/:keyName/listkeys`,
    async (request, reply) => {
      const { keyName } = request.params;
      const policy = policies(request).find(({ name }) => name === keyName);
      if (policy === undefined)
        throw new ServiceFault("resourceNotFound", `There is no policy '${keyName}'.`);
      await sendJson(reply, 200, keysDocument(policy));
    },
  );
}

function keysDocument({
  name,
  primaryKey,
  secondaryKey,
  rights,
}: AccessPolicy): Readonly<Record<string, string>> {
  return { keyName: name, primaryKey, secondaryKey, rights: rights.join(", ") };
}
