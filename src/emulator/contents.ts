import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import type { JsonObject } from "../base/json.ts";
import { isJsonObject } from "../base/json.ts";
import type { AccessPolicy, HubRight } from "./access-policy.ts";
import { HUB_POLICIES, newPolicies, newPolicyKey } from "./access-policy.ts";
import type { CaStore } from "./certificates/ca-store.ts";
import type { EmulatorLimits } from "./defaults.ts";
import type { BuiltInPolicy } from "./dps/allocation.ts";
import type { EnrollmentKind, Enrollments } from "./dps/enrollments.ts";
import { ENROLLMENT_ID } from "./dps/enrollment-record.ts";
import type { LinkedHubs } from "./dps/linked-hubs.ts";
import { attempt, ServiceFault } from "./fault.ts";
import { createDevice } from "./hub/registry/create-device.ts";
import type { IotHub } from "./hub/hub.ts";
import { parseDevice } from "./service-api/hub/device-body.ts";
import { parseEnrollment } from "./service-api/dps/enrollment-document.ts";

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

/** The services that are filled. */
export interface Filled {
  readonly limits: EmulatorLimits;
  readonly enrollments: Enrollments;
  readonly linkedHubs: LinkedHubs;
  readonly cas: CaStore;
  readonly hubs: readonly IotHub[];
}

/** The settings of one hub. */
export function settingsOf({ hubSettings = {} }: Contents, hostName: string): HubSettings {
  const found = Object.entries(hubSettings).find(([name]) => name.toLowerCase() === hostName);
  return found?.[1] ?? {};
}

/** The policies of a hub: those that every hub has, and its own. */
export function policiesOf({ policies = [] }: HubSettings): readonly AccessPolicy[] {
  const own = policies.map(({ name, rights, primaryKey, secondaryKey }) => ({
    name,
    rights,
    primaryKey: primaryKey ?? newPolicyKey(),
    secondaryKey: secondaryKey ?? newPolicyKey(),
  }));
  const replaced = newPolicies(HUB_POLICIES).map(
    (policy) => own.find(({ name }) => name === policy.name) ?? policy,
  );
  return [...replaced, ...own.filter(({ name }) => !Object.hasOwn(HUB_POLICIES, name))];
}

/**
 * Writes what an emulator begins with, by the rules that hold for its clients.
 *
 * @throws {FleetError} `USAGE` with every problem, at a place such as `enrollments[0]` or `hubSettings.HOST.devices[2]`
 */
export function fill(services: Filled, contents: Contents): void {
  const problems: Problem[] = [];
  const write = (place: string, act: () => void): void => {
    const outcome = attempt(act);
    if (outcome instanceof ServiceFault) problems.push({ place, message: outcome.message });
  };
  link(services, contents);
  for (const kind of ["individual", "group"] as const) {
    const member = kind === "individual" ? "enrollments" : "enrollmentGroups";
    for (const [at, document] of (contents[member] ?? []).entries())
      write(`${member}[${at}]`, () => enroll(services, kind, document));
  }
  for (const [name, { devices = [] }] of Object.entries(contents.hubSettings ?? {})) {
    const place = `hubSettings.${name}`;
    const hub = services.hubs.find(({ hostName }) => hostName === name.toLowerCase());
    if (hub === undefined) problems.push({ place, message: `${name} is none of the hubs` });
    else
      for (const [at, document] of devices.entries())
        write(`${place}.devices[${at}]`, () => registerDevice(hub, document));
  }
  if (problems.length > 0)
    throw new FleetError("USAGE", "what the emulator is to hold is wrong", { problems });
}

function link({ linkedHubs }: Filled, contents: Contents): void {
  const { settings } = linkedHubs;
  const weighted = settings.iotHubs.map((linked) => {
    const { allocationWeight = linked.allocationWeight } = settingsOf(
      contents,
      linked.hub.hostName,
    );
    return { ...linked, allocationWeight };
  });
  linkedHubs.replace(
    {
      ...settings,
      iotHubs: weighted,
      allocationPolicy: contents.allocationPolicy ?? settings.allocationPolicy,
    },
    undefined,
  );
}

function enroll(
  { enrollments, linkedHubs, cas, limits }: Filled,
  kind: EnrollmentKind,
  document: JsonObject,
): void {
  const id = document[ENROLLMENT_ID[kind]];
  const settings = parseEnrollment(kind, typeof id === "string" ? id : "", document, {
    linkedHubs: linkedHubs.hostNames,
    isVerifiedCa: (name) => cas.verified(name) !== undefined,
    limits,
  });
  enrollments.create(settings);
}

function registerDevice(hub: IotHub, document: JsonObject): void {
  const { deviceId } = document;
  const id = typeof deviceId === "string" ? deviceId : "";
  const { tags = {}, properties = {} } = document;
  const desired = isJsonObject(properties) ? (properties["desired"] ?? {}) : undefined;
  if (!isJsonObject(tags) || !isJsonObject(desired))
    throw new ServiceFault("badRequest", "tags, properties.desired: expected objects.");
  createDevice(hub, id, parseDevice(id, document), { tags, desired });
}
