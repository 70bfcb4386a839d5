import type { EmulatorOptions } from "../../../src/emulator/emulator.ts";
import { newSymmetricKey } from "../../../src/emulator/dps/symmetric-keys.ts";
import { registerWithSdk } from "./device.ts";
import type { Entries, EntryBody } from "./entries.ts";
import { symmetricKeys } from "./entries.ts";
import { RESOURCE_GROUP } from "./management.ts";
import type { Target, TargetHub } from "./target.ts";
import { conformanceTarget } from "./target.ts";

/** A DPS instance with two hubs, for tests that are left out where not `HAS_TWO_HUBS`. */
export interface TwoHubs extends Target {
  readonly first: TargetHub;
  readonly second: TargetHub;
  /** The host names of both. */
  readonly both: readonly string[];
}

export async function twoHubs(
  options: Omit<EmulatorOptions, "tls" | "hubs"> = {},
): Promise<TwoHubs> {
  const target = await conformanceTarget(options);
  const [first, second = first] = target.hubs;
  if (first === undefined || second === undefined) throw new TypeError("no hub");
  return { ...target, first, second, both: [first.hostName, second.hostName] };
}

/** The target as the helpers for one hub want it. */
export function seenFrom<T extends Target>(target: T, hub: TargetHub): T {
  const clients = { ...target.clients, registry: hub.registry };
  return { ...target, hub: hub.hostName, hubs: [hub], clients };
}

/** Sets which hubs are linked, by Microsoft's management client; the rest of the instance stays. */
export async function linkHubs(
  target: Target,
  hubs: readonly (TargetHub & { readonly settings?: EntryBody })[],
  allocationPolicy = "Hashed",
): Promise<void> {
  if (target.management === undefined) throw new TypeError("no management client");
  const { iotDpsResource } = target.management.dps;
  const name = target.dpsHost.split(".")[0] ?? "";
  const { location, sku, properties } = await iotDpsResource.get(name, RESOURCE_GROUP);
  const iotHubs = hubs.map(({ connectionString, settings }) => ({
    connectionString,
    location: "westus",
    ...settings,
  }));
  await iotDpsResource.beginCreateOrUpdateAndWait(RESOURCE_GROUP, name, {
    location,
    sku,
    properties: { ...properties, iotHubs, allocationPolicy },
  });
}

/** A device with an individual enrollment of its own; Microsoft's packages do everything. */
export interface EnrolledDevice {
  readonly id: string;
  /** Replaces what the enrollment says beside its key. */
  enroll(more: EntryBody): Promise<unknown>;
  /** @returns what the device is told in the end */
  register(payload?: EntryBody): Promise<unknown>;
}

/** Enrolls a device with a symmetric key, where nothing more is said for the first hub. */
export async function enrolledDevice(
  target: Target,
  my: Entries,
  text: string,
  more: EntryBody = {},
): Promise<EnrolledDevice> {
  const id = my.name(text);
  const symmetricKey = newSymmetricKey();
  const enroll = (said: EntryBody): Promise<unknown> =>
    my.individual(id, symmetricKeys(symmetricKey, symmetricKey), said);
  await enroll(more);
  return {
    id,
    enroll,
    register: (payload) => registerWithSdk(target, "MQTT", id, { symmetricKey }, payload),
  };
}
