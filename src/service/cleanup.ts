import type { Enrollment } from "./enrollment-document.ts";
import { deviceOfRecord, recordsOfGroup } from "./deprovision-group.ts";
import { pacedCalls } from "./paced-calls.ts";
import type {
  RegisteredDevice,
  RemovalOptions,
  RemovalServices,
  RemovedDevices,
} from "./remove-devices.ts";
import { removeDevices } from "./remove-devices.ts";
import { setEnabled } from "./write-enrollment.ts";

/** What is cleaned up. */
export interface CleanupPlan {
  readonly devices: readonly RegisteredDevice[];
  /** Registration ids whose individual enrollments go. */
  readonly individuals: readonly string[];
  readonly group:
    | {
        readonly id: string;
        /** Undefined where it stays, or is gone. */
        readonly toDelete: Enrollment | undefined;
        /** Why it is not deleted. */
        readonly keptFor: "others" | "notMade" | "gone" | undefined;
        /** Devices that registered through it and are not cleaned up. */
        readonly others: number;
      }
    | undefined;
}

/** What somebody wants cleaned up. */
export interface CleanupSubject extends Pick<CleanupPlan, "devices" | "individuals"> {
  readonly group:
    | {
        readonly id: string;
        /** Whether it may be deleted: whoever cleans up made or named it. */
        readonly isOurs: boolean;
        /** Whether a device that registered through it is to be cleaned up too, though it is not among the devices. */
        readonly covers: (registrationId: string) => boolean;
      }
    | undefined;
}

/**
 * Looks what of it is there. A group goes only if it is ours, and if no other device came through it.
 *
 * @throws {FleetError} `REFUSED` or `UNREACHABLE`
 */
export async function planCleanup(
  { enrollments, registrations }: Pick<RemovalServices, "enrollments" | "registrations">,
  { devices, individuals, group }: CleanupSubject,
): Promise<CleanupPlan> {
  if (group === undefined) return { devices, individuals, group };
  const { id, isOurs, covers } = group;
  const found = await enrollments.find({ kind: "group", id });
  const stays = { id, toDelete: undefined, others: 0 };
  if (found === undefined) return { devices, individuals, group: { ...stays, keptFor: "gone" } };
  if (!isOurs) return { devices, individuals, group: { ...stays, keptFor: "notMade" } };
  const named = new Set(devices.map(({ registrationId }) => registrationId.toLowerCase()));
  const more = (await recordsOfGroup(registrations, id)).filter(
    ({ registrationId }) => !named.has(registrationId.toLowerCase()),
  );
  const ours = more.filter(({ registrationId }) => covers(registrationId));
  const others = more.length - ours.length;
  return {
    devices: [...devices, ...ours.map(deviceOfRecord)],
    individuals,
    group:
      others > 0
        ? { ...stays, keptFor: "others", others }
        : { ...stays, toDelete: found, keptFor: undefined },
  };
}

/** What was deleted; of a stop, up to then. */
export interface CleanedUp extends RemovedDevices {
  readonly individualsDeleted: number;
  readonly groupDeleted: boolean;
}

/**
 * Removes devices: identities, then records. What lets them in goes before, so that none comes back meanwhile: individual
 * enrollments are deleted, and a device whose own is left keeps all that it has; a group is disabled, and deleted last,
 * when none is left. It can be run again after any failure or stop.
 */
export async function cleanUp(
  services: RemovalServices,
  plan: CleanupPlan,
  options: Pick<RemovalOptions, "signal" | "onProgress">,
): Promise<CleanedUp> {
  const { enrollments } = services;
  const group = plan.group?.toDelete;
  if (group !== undefined) await setEnabled(enrollments, group, { enabled: false });
  const entries = await deleteIndividuals(services, plan.individuals, options);
  const open = new Set(entries.failures.map(({ deviceId }) => deviceId));
  const devices = plan.devices.filter(({ registrationId }) => !open.has(registrationId));
  const removed = await removeDevices(services, devices, { ...options, keepIdentity: false });
  const failures = [...entries.failures, ...removed.failures];
  const groupDeleted = group !== undefined && failures.length === 0 && !options.signal.aborted;
  if (groupDeleted) await enrollments.delete(group);
  return { ...removed, failures, individualsDeleted: entries.deleted, groupDeleted };
}

async function deleteIndividuals(
  { enrollments, dpsPace }: RemovalServices,
  ids: readonly string[],
  { signal, onProgress }: Pick<RemovalOptions, "signal" | "onProgress">,
): Promise<Pick<RemovedDevices, "failures"> & { readonly deleted: number }> {
  const outcomes = await pacedCalls({
    items: ids,
    paceOf: () => dpsPace,
    work: (id) => enrollments.delete({ kind: "individual", id }),
    signal,
    onOutcome: (_outcome, progress) => onProgress("deleting individual enrollments", progress),
  });
  return {
    deleted: outcomes.filter((outcome) => outcome.ok && outcome.value).length,
    failures: outcomes.flatMap((outcome) =>
      outcome.ok ? [] : [{ deviceId: outcome.item, error: outcome.error }],
    ),
  };
}
