import { z } from "zod";
import type { AccessPolicy, HubRight } from "../../access-policy.ts";
import type { BuiltInPolicy } from "../../dps/allocation.ts";
import type { HubLink } from "../../dps/hub-link.ts";
import type { DpsSettings, LinkedHub, LinkedHubs } from "../../dps/linked-hubs.ts";
import { ServiceFault } from "../../fault.ts";
import type { NewKey } from "../../random-key.ts";
import { isSameSecret } from "../../same-secret.ts";
import { parseBody } from "../replies.ts";
import { policiesFrom, sentPolicies } from "./dps-policies.ts";

// Source: Azure/azure-rest-api-specs, Microsoft.Devices iotdps.json (2022-02-05), ProvisioningServiceDescription.
// Members that clients send back from a GET are known and ignored; others are refused.

/** A hub of this emulator, with what a connection string may name. */
export type LinkableHub = HubLink & { readonly policies: readonly AccessPolicy[] };

/** What a key is shown as; sent back, it stands for the key that the hub is linked with. */
const MASK = "****";

/** What DPS does in a hub. Source: Microsoft Learn, "How to link and manage IoT hubs", connection string. */
const RIGHTS_NEEDED: readonly HubRight[] = ["RegistryWrite", "ServiceConnect"];

const POLICIES = ["Hashed", "GeoLatency", "Static"] as const;
const BUILT_IN = {
  Hashed: "hashed",
  GeoLatency: "geoLatency",
  Static: "static",
} as const satisfies Record<(typeof POLICIES)[number], BuiltInPolicy>;

const allocationPolicy = z
  .string()
  .transform((text) => POLICIES.find((one) => one.toLowerCase() === text.toLowerCase()) ?? text)
  .pipe(z.enum(POLICIES));

const linkedHub = z.strictObject({
  connectionString: z.string(),
  location: z.string().nullish(),
  allocationWeight: z.int().min(1).max(1000).nullish(),
  applyAllocationPolicy: z.boolean().nullish(),
  name: z.unknown().optional(),
});

const resource = z.strictObject({
  id: z.unknown().optional(),
  name: z.unknown().optional(),
  type: z.unknown().optional(),
  etag: z.unknown().optional(),
  location: z.unknown().optional(),
  tags: z.unknown().optional(),
  sku: z.unknown().optional(),
  properties: z.strictObject({
    iotHubs: z.array(linkedHub).nullish(),
    allocationPolicy: allocationPolicy.nullish(),
    authorizationPolicies: sentPolicies.nullish(),
    state: z.unknown().optional(),
    provisioningState: z.unknown().optional(),
    serviceOperationsHostName: z.unknown().optional(),
    deviceProvisioningHostName: z.unknown().optional(),
    idScope: z.unknown().optional(),
  }),
});

/**
 * Reads the body of a PUT: the whole of the settings, so that a hub which is not in it is not linked any more.
 *
 * @param context `hubs`: those that this emulator runs, by host name
 * @throws {ServiceFault} `badRequest` with every problem
 */
export function parseDpsResource(
  body: unknown,
  context: {
    readonly hubs: ReadonlyMap<string, LinkableHub>;
    readonly linkedHubs: LinkedHubs;
    readonly linkedHubsMax: number;
    readonly newKey: NewKey;
  },
): DpsSettings {
  const { properties } = parseBody(resource, body);
  const problems: string[] = [];
  // Source: Microsoft Learn, "Azure subscription and service limits", IoT Hub Device Provisioning Service.
  if ((properties.iotHubs?.length ?? 0) > context.linkedHubsMax)
    problems.push(`properties.iotHubs: expected at most ${context.linkedHubsMax}`);
  const iotHubs: LinkedHub[] = [];
  for (const [index, sent] of (properties.iotHubs ?? []).entries()) {
    const judged = policyIn(sent.connectionString, context);
    if (typeof judged === "string") problems.push(`properties.iotHubs.${index}: ${judged}`);
    else if (iotHubs.some(({ hub }) => hub === judged.hub))
      problems.push(`properties.iotHubs.${index}: ${judged.hub.hostName} is there twice`);
    else
      iotHubs.push({
        ...judged,
        location: sent.location ?? "local",
        allocationWeight: sent.allocationWeight ?? 1,
        applyAllocationPolicy: sent.applyAllocationPolicy ?? true,
      });
  }
  if (problems.length > 0) throw new ServiceFault("badRequest", problems.join("; "));
  const { policies } = context.linkedHubs.settings;
  return {
    iotHubs,
    allocationPolicy: BUILT_IN[properties.allocationPolicy ?? "Hashed"],
    policies: properties.authorizationPolicies
      ? policiesFrom(properties.authorizationPolicies, policies, context.newKey)
      : policies,
  };
}

/** Which hub and policy a connection string is of; else what is wrong with it, without its key. */
function policyIn(
  connectionString: string,
  {
    hubs,
    linkedHubs,
  }: { readonly hubs: ReadonlyMap<string, LinkableHub>; readonly linkedHubs: LinkedHubs },
): Pick<LinkedHub, "hub" | "policyName"> | string {
  const parts = new Map(
    connectionString.split(";").map((part) => {
      const at = part.indexOf("=");
      return [part.slice(0, at).toLowerCase(), part.slice(at + 1)] as const;
    }),
  );
  const hostName = parts.get("hostname")?.toLowerCase();
  const policyName = parts.get("sharedaccesskeyname");
  const key = parts.get("sharedaccesskey");
  if (hostName === undefined || policyName === undefined || key === undefined)
    return "connectionString: expected HostName=…;SharedAccessKeyName=…;SharedAccessKey=…";
  const hub = hubs.get(hostName);
  if (hub === undefined)
    return `connectionString: this emulator runs no hub ${hostName}; it has ${[...hubs.keys()].join(", ")}`;
  const policy = hub.policies.find(({ name }) => name === policyName);
  const isKept = key === MASK && linkedHubs.find(hostName)?.policyName === policyName;
  if (policy === undefined || !(isKept || hasKey(policy, key)))
    return `connectionString: ${policyName} is no policy of ${hostName}, or has another key`;
  const missing = RIGHTS_NEEDED.filter((right) => !policy.rights.includes(right));
  if (missing.length > 0)
    return `connectionString: ${policyName} lacks the right to ${missing.join(" and ")}`;
  return { hub, policyName };
}

function hasKey({ primaryKey, secondaryKey }: AccessPolicy, key: string): boolean {
  return [primaryKey, secondaryKey].some((one) => isSameSecret(key, one));
}

/** The members of the resource beside its identity; keys are masked, as Azure does. */
export function dpsResourceDocument(
  linkedHubs: LinkedHubs,
  names: {
    readonly idScope: string;
    readonly dpsHost: string;
    readonly provisioningHost: string;
  },
): Readonly<Record<string, unknown>> {
  const { iotHubs, allocationPolicy: policy, policies } = linkedHubs.settings;
  return {
    location: "local",
    tags: {},
    etag: linkedHubs.etag,
    sku: { name: "S1", tier: "Standard", capacity: 1 },
    properties: {
      state: "Active",
      provisioningState: "Succeeded",
      iotHubs: iotHubs.map(({ hub, policyName, ...link }) => ({
        name: hub.hostName,
        connectionString: `HostName=${hub.hostName};SharedAccessKeyName=${policyName};SharedAccessKey=${MASK}`,
        ...link,
      })),
      allocationPolicy: POLICIES.find((one) => BUILT_IN[one] === policy),
      authorizationPolicies: policies.map(({ name, rights }) => ({
        keyName: name,
        rights: rights.join(", "),
      })),
      serviceOperationsHostName: names.dpsHost,
      deviceProvisioningHostName: names.provisioningHost,
      idScope: names.idScope,
    },
  };
}
