import { FleetError } from "../base/errors.ts";
import { deleteDevice, setDeviceStatus } from "./device-identities.ts";
import type { Enrollments } from "./enrollments.ts";
import type { Pace } from "./pace.ts";
import type { CallOutcome, CallProgress } from "./paced-calls.ts";
import { pacedCalls } from "./paced-calls.ts";
import type { PacedHub } from "./paced-hub.ts";
import type { Registrations } from "./registrations.ts";
import { RefusedCall } from "./service-error.ts";

/** What it takes to remove devices. */
export interface RemovalServices {
  readonly enrollments: Enrollments;
  readonly registrations: Registrations;
  /** Of the DPS instance. */
  readonly dpsPace: Pace;
  /** Those that service access is at hand for. */
  readonly hubs: readonly PacedHub[];
}

/** A device that came to a hub through DPS. */
export interface RegisteredDevice {
  readonly registrationId: string;
  readonly deviceId: string;
  /** Host name of its hub; null = it has none; `any` = it is looked for in all that are at hand. */
  readonly hub: string | null;
}

/** In place of a hub's name: all that are at hand. */
export const ANY_HUB = "any";

/** What became of an identity. */
export type IdentityEnd = "deleted" | "disabled" | "absent";

/** What was removed of many devices; `failures` name the rest, whose records are still there. */
export interface RemovedDevices {
  readonly identities: Readonly<Record<IdentityEnd, number>>;
  readonly records: { readonly deleted: number; readonly absent: number };
  readonly failures: readonly { readonly deviceId: string; readonly error: FleetError }[];
}

export interface RemovalOptions {
  /** An identity is disabled, and stays. */
  readonly keepIdentity: boolean;
  readonly signal: AbortSignal;
  /** @param doing for people, such as `deleting registration records` */
  readonly onProgress: (doing: string, progress: CallProgress) => void;
}

/** The hub of that name among those at hand. */
export const hubAtHand = (hubs: readonly PacedHub[], host: string): PacedHub | undefined =>
  hubs.find((hub) => hub.host.toLowerCase() === host.toLowerCase());

/**
 * Deletes or disables an identity, which ends its connection.
 *
 * @throws {FleetError} `REFUSED` or `UNREACHABLE`
 */
export async function removeIdentity(
  hub: PacedHub,
  deviceId: string,
  { keepIdentity, signal }: Pick<RemovalOptions, "keepIdentity" | "signal">,
): Promise<IdentityEnd> {
  try {
    if (keepIdentity) await setDeviceStatus(hub, deviceId, "disabled", { signal });
    else await deleteDevice(hub, deviceId, { signal });
    return keepIdentity ? "disabled" : "deleted";
  } catch (error) {
    // Gone already: an earlier try had come so far.
    if (error instanceof RefusedCall && error.refusal.status === 404) return "absent";
    throw error;
  }
}

/**
 * Removes the identities of devices, then their registration records, no faster than the services allow. A device whose
 * identity could not be removed keeps its record, so that a second try finds its hub.
 *
 * @returns once the signal aborts, what was removed by then; whoever runs it again goes on with what is left
 */
export async function removeDevices(
  { registrations, dpsPace, hubs }: RemovalServices,
  devices: readonly RegisteredDevice[],
  { keepIdentity, signal, onProgress }: RemovalOptions,
): Promise<RemovedDevices> {
  const identities = { deleted: 0, disabled: 0, absent: 0 };
  const doing = keepIdentity ? "disabling identities" : "deleting identities";
  const looks = devices.flatMap((device) => placesOf(device, hubs));
  const outcomes = await pacedCalls({
    items: looks.flatMap(({ device, hub }) => (hub === undefined ? [] : [{ device, hub }])),
    paceOf: ({ hub }) => hub.pace("registry"),
    // With the signal of these calls: a thousand may listen to it at once.
    work: ({ device, hub }, halt) =>
      removeIdentity(hub, device.deviceId, { keepIdentity, signal: halt }),
    signal,
    onOutcome: (_outcome, progress) => onProgress(doing, progress),
  });
  for (const outcome of outcomes) if (outcome.ok) identities[outcome.value] += 1;
  const failed = new Map<RegisteredDevice, FleetError>([
    ...failuresOf(outcomes).map(({ item, error }) => [item.device, error] as const),
    ...looks.flatMap(({ device, hub }) =>
      hub === undefined ? [[device, noAccess(device.hub ?? "")] as const] : [],
    ),
  ]);
  const records = await pacedCalls({
    items: devices.filter((device) => !failed.has(device)),
    paceOf: () => dpsPace,
    work: ({ registrationId }) => registrations.delete(registrationId),
    signal,
    onOutcome: (_outcome, progress) => onProgress("deleting registration records", progress),
  });
  for (const { item, error } of failuresOf(records)) failed.set(item, error);
  const deleted = records.filter((outcome) => outcome.ok && outcome.value).length;
  const ended = records.filter(({ ok }) => ok).length;
  return {
    identities,
    records: { deleted, absent: ended - deleted },
    failures: [...failed].map(([{ registrationId: deviceId }, error]) => ({ deviceId, error })),
  };
}

function placesOf(
  device: RegisteredDevice,
  hubs: readonly PacedHub[],
): readonly { readonly device: RegisteredDevice; readonly hub: PacedHub | undefined }[] {
  if (device.hub === null) return [];
  if (device.hub === ANY_HUB) return hubs.map((hub) => ({ device, hub }));
  return [{ device, hub: hubAtHand(hubs, device.hub) }];
}

const failuresOf = <Item>(outcomes: readonly CallOutcome<Item, unknown>[]) =>
  outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome]));

/** A device of a hub that nothing gives access to. */
export const noAccess = (host: string): FleetError =>
  new FleetError("USAGE", `no connection string of its hub ${host} is at hand`, {
    hint: "run it again with --hub-connection-string-file for that hub: it goes on with what is left",
  });
