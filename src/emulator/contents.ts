import type { JsonObject } from "../base/json.ts";
import type { AccessPolicy, HubRight } from "./access-policy.ts";
import { HUB_POLICIES, newPolicies, POLICY_KEY_BYTES } from "./access-policy.ts";
import type { BuiltInPolicy } from "./dps/allocation.ts";
import type { NewKey } from "./random-key.ts";
import { randomKey } from "./random-key.ts";

/** A shared access policy of a hub; keys that are left out are made. */
export interface PolicySettings {
  readonly name: string;
  readonly rights: readonly HubRight[];
  /** base64 */
  readonly primaryKey?: string | undefined;
  readonly secondaryKey?: string | undefined;
}

/** What a hub has beyond its name. */
export interface HubSettings {
  /** Its share where devices are hashed; 1..1000, default 1. */
  readonly allocationWeight?: number | undefined;
  /** Beside the five that every hub has, or in place of the one of this name. */
  readonly policies?: readonly PolicySettings[] | undefined;
  /** As `Device` of the IoT Hub REST API, with `tags` and `properties.desired` as in `Twin`. */
  readonly devices?: readonly JsonObject[] | undefined;
}

/** What DPS and the hubs hold before the first client comes. */
export interface Contents {
  /** For enrollments that have none of their own; default `hashed`. */
  readonly allocationPolicy?: BuiltInPolicy | undefined;
  /** As `IndividualEnrollment` of the DPS REST API. */
  readonly enrollments?: readonly JsonObject[] | undefined;
  /** As `EnrollmentGroup` of the DPS REST API. */
  readonly enrollmentGroups?: readonly JsonObject[] | undefined;
  /** By host name, in any case. */
  readonly hubSettings?: Readonly<Record<string, HubSettings>> | undefined;
}

/** The settings of one hub. */
export function settingsOf({ hubSettings = {} }: Contents, hostName: string): HubSettings {
  const found = Object.entries(hubSettings).find(([name]) => name.toLowerCase() === hostName);
  return found?.[1] ?? {};
}

/** The policies of a hub: those that every hub has, and its own. */
export function policiesOf(
  { policies = [] }: HubSettings,
  newKey: NewKey = randomKey,
): readonly AccessPolicy[] {
  const own = policies.map(({ name, rights, primaryKey, secondaryKey }) => ({
    name,
    rights,
    primaryKey: primaryKey ?? newKey(POLICY_KEY_BYTES),
    secondaryKey: secondaryKey ?? newKey(POLICY_KEY_BYTES),
  }));
  const replaced = newPolicies(HUB_POLICIES, newKey).map(
    (policy) => own.find(({ name }) => name === policy.name) ?? policy,
  );
  return [...replaced, ...own.filter(({ name }) => !Object.hasOwn(HUB_POLICIES, name))];
}
