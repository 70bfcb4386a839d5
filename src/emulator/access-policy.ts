import { withoutPort } from "./host-name.ts";
import type { NewKey } from "./random-key.ts";
import { randomKey } from "./random-key.ts";
import type { SasToken } from "./sas-token.ts";
import { isExpired, isSignedWith, percentDecoded } from "./sas-token.ts";

/** Source: Microsoft Learn, "Control access to IoT Hub with shared access signatures", permissions. */
export type HubRight = "RegistryRead" | "RegistryWrite" | "ServiceConnect" | "DeviceConnect";

/** Source: Microsoft Learn, "Control access to DPS with shared access signatures", permissions. */
export type DpsRight =
  | "ServiceConfig"
  | "EnrollmentRead"
  | "EnrollmentWrite"
  | "RegistrationStatusRead"
  | "RegistrationStatusWrite";

export type Right = HubRight | DpsRight;

/** A shared access policy of a service: who has one of its keys has its rights. */
export interface AccessPolicy {
  readonly name: string;
  /** base64 */
  readonly primaryKey: string;
  readonly secondaryKey: string;
  readonly rights: readonly Right[];
}

/** Every right that a policy of a hub may have. */
export const HUB_RIGHTS = [
  "RegistryRead",
  "RegistryWrite",
  "ServiceConnect",
  "DeviceConnect",
] as const satisfies readonly HubRight[];

/** The policies that a new hub has. */
export const HUB_POLICIES: Readonly<Record<string, readonly HubRight[]>> = {
  iothubowner: HUB_RIGHTS,
  service: ["ServiceConnect"],
  device: ["DeviceConnect"],
  registryRead: ["RegistryRead"],
  registryReadWrite: ["RegistryRead", "RegistryWrite"],
};

export const DPS_RIGHTS = [
  "ServiceConfig",
  "EnrollmentRead",
  "EnrollmentWrite",
  "RegistrationStatusRead",
  "RegistrationStatusWrite",
] as const satisfies readonly DpsRight[];

/** The policy that a new DPS instance has. */
export const DPS_OWNER = "provisioningserviceowner";
export const DPS_POLICIES: Readonly<Record<string, readonly DpsRight[]>> = {
  [DPS_OWNER]: DPS_RIGHTS,
};

/** A key of a policy that is given none has 32 bytes. */
export const POLICY_KEY_BYTES = 32;

/** Policies with new keys, in the order of `rights`. */
export function newPolicies(
  rights: Readonly<Record<string, readonly Right[]>>,
  newKey: NewKey = randomKey,
): readonly AccessPolicy[] {
  return Object.entries(rights).map(([name, given]) => ({
    name,
    primaryKey: newKey(POLICY_KEY_BYTES),
    secondaryKey: newKey(POLICY_KEY_BYTES),
    rights: given,
  }));
}

/**
 * The policy whose key signed a token that is for `resource` or what is above it; undefined where there is none.
 * Policy names are case-sensitive; resources are compared by path segments, without case.
 *
 * @param resource `{host}` or `{host}/devices/{deviceId}`, unescaped
 */
export function policyOf(
  token: SasToken,
  resource: string,
  rules: {
    readonly policies: readonly AccessPolicy[];
    readonly nowMs: number;
    readonly clockSkewS: number;
  },
): AccessPolicy | undefined {
  if (isExpired(token, rules.nowMs, rules.clockSkewS) || !covers(token, resource)) return undefined;
  const policy = rules.policies.find(({ name }) => name === token.keyName);
  if (policy === undefined) return undefined;
  const { primaryKey, secondaryKey } = policy;
  return [primaryKey, secondaryKey].some((key) => isSignedWith(token, key)) ? policy : undefined;
}

/**
 * Whether a token's resource is `resource` (unescaped) or above it; without case, by whole path segments. A port of its
 * host name does not count: clients that were told `HOST:PORT` sign that.
 */
export function covers(token: SasToken, resource: string): boolean {
  const given = percentDecoded(token.resource)?.toLowerCase().replace(/\/+$/, "");
  if (given === undefined) return false;
  const [host = "", ...path] = given.split("/");
  return `${resource.toLowerCase()}/`.startsWith(`${[withoutPort(host), ...path].join("/")}/`);
}
