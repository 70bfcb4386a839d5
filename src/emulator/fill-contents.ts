import { z } from "zod";
import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import type { JsonObject } from "../base/json.ts";
import { isJsonObject } from "../base/json.ts";
import type { CaStore } from "./certificates/ca-store.ts";
import type { Contents } from "./contents.ts";
import { settingsOf } from "./contents.ts";
import type { EmulatorLimits } from "./defaults.ts";
import type { EnrollmentKind, Enrollments } from "./dps/enrollments.ts";
import { ENROLLMENT_ID } from "./dps/enrollment-record.ts";
import type { LinkedHubs } from "./dps/linked-hubs.ts";
import { attempt, ServiceFault } from "./fault.ts";
import { createDevice } from "./hub/registry/create-device.ts";
import type { IotHub } from "./hub/hub.ts";
import { parseDevice } from "./service-api/hub/device-body.ts";
import { parseEnrollment } from "./service-api/dps/enrollment-document.ts";
import type { Codec, Table } from "./state/state.ts";

/** The services that are filled. */
export interface Filled {
  readonly limits: EmulatorLimits;
  readonly enrollments: Enrollments;
  readonly linkedHubs: LinkedHubs;
  readonly cas: CaStore;
  readonly hubs: readonly IotHub[];
}

/** What earlier starts left behind, where state is kept. */
export interface EarlierStarts {
  /** The entries and devices that were written then. */
  readonly written: Table<true>;
  /** The hubs that there were. */
  readonly hubs: readonly string[];
}

export const writtenCodec: Codec<true> = z.literal(true);

/** An entry or a device of the contents. */
interface Item {
  readonly place: string;
  /** No other item of the same name has it. */
  readonly key: string;
  readonly isThere: boolean;
  readonly write: () => void;
}

/**
 * Writes what an emulator begins with, by the rules that hold for its clients. Where state is kept, an entry or a device
 * is written once; from then on it is what became of it, and one that was deleted stays so.
 *
 * @throws {FleetError} `USAGE` with every problem, at a place such as `enrollments[0]` or `hubSettings.HOST.devices[2]`
 */
export function fill(
  services: Filled,
  contents: Contents,
  earlier: EarlierStarts = { written: new Map(), hubs: [] },
): void {
  const isFirst = earlier.hubs.length === 0;
  const items = [...entryItems(services, contents), ...deviceItems(services, contents)];
  const wanted = items.filter(({ key }) => !earlier.written.has(key));
  const problems: Problem[] = [];
  link(services, contents, earlier.hubs);
  for (const { place, key, isThere, write } of wanted) {
    earlier.written.set(key, true);
    // Somebody has made one of that name meanwhile.
    if (isThere && !isFirst) continue;
    const outcome = attempt(write);
    if (outcome instanceof ServiceFault) problems.push({ place, message: outcome.message });
  }
  problems.push(...unknownHubs(services, contents));
  if (problems.length > 0)
    throw new FleetError("USAGE", "what the emulator is to hold is wrong", { problems });
}

function entryItems(services: Filled, contents: Contents): readonly Item[] {
  return (["individual", "group"] as const).flatMap((kind) => {
    const member = kind === "individual" ? "enrollments" : "enrollmentGroups";
    return (contents[member] ?? []).map((document, at): Item => {
      const id = textOf(document[ENROLLMENT_ID[kind]]);
      return {
        place: `${member}[${at}]`,
        key: `${member}/${id.toLowerCase()}`,
        isThere: services.enrollments.find(kind, id) !== undefined,
        write: () => enroll(services, kind, id, document),
      };
    });
  });
}

function deviceItems({ hubs }: Filled, { hubSettings = {} }: Contents): readonly Item[] {
  return Object.entries(hubSettings).flatMap(([name, { devices = [] }]) => {
    const hub = hubs.find(({ hostName }) => hostName === name.toLowerCase());
    if (hub === undefined) return [];
    return devices.map((document, at): Item => {
      const id = textOf(document["deviceId"]);
      return {
        place: `hubSettings.${name}.devices[${at}]`,
        key: `${hub.place}/devices/${id}`,
        isThere: hub.devices.find(id) !== undefined,
        write: () => registerDevice(hub, id, document),
      };
    });
  });
}

function unknownHubs({ hubs }: Filled, { hubSettings = {} }: Contents): readonly Problem[] {
  return Object.keys(hubSettings)
    .filter((name) => !hubs.some(({ hostName }) => hostName === name.toLowerCase()))
    .map((name) => ({ place: `hubSettings.${name}`, message: `${name} is none of the hubs` }));
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** @param known hubs that are linked, or not, as they were left */
function link({ linkedHubs }: Filled, contents: Contents, known: readonly string[]): void {
  const { settings } = linkedHubs;
  if (settings.iotHubs.every(({ hub }) => known.includes(hub.hostName))) return;
  const weighted = settings.iotHubs.map((linked) => {
    if (known.includes(linked.hub.hostName)) return linked;
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
      allocationPolicy:
        (known.length === 0 ? contents.allocationPolicy : undefined) ?? settings.allocationPolicy,
    },
    undefined,
  );
}

function enroll(
  { enrollments, linkedHubs, cas, limits }: Filled,
  kind: EnrollmentKind,
  id: string,
  document: JsonObject,
): void {
  const settings = parseEnrollment(kind, id, document, {
    linkedHubs: linkedHubs.hostNames,
    isVerifiedCa: (name) => cas.verified(name) !== undefined,
    limits,
  });
  enrollments.create(settings);
}

function registerDevice(hub: IotHub, id: string, document: JsonObject): void {
  const { tags = {}, properties = {} } = document;
  const desired = isJsonObject(properties) ? (properties["desired"] ?? {}) : undefined;
  if (!isJsonObject(tags) || !isJsonObject(desired))
    throw new ServiceFault("badRequest", "tags, properties.desired: expected objects.");
  createDevice(hub, id, parseDevice(id, document), { tags, desired });
}
