import type { Enrollment } from "./enrollment-document.ts";
import { deviceOfRecord, recordsOfGroup } from "./deprovision-group.ts";
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
  /** Individual enrollments that go; those that are gone already are not among them. */
  readonly individuals: readonly Enrollment[];
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
export interface CleanupSubject {
  readonly devices: readonly RegisteredDevice[];
  /** Registration ids whose individual enrollments the one who cleans up made. */
  readonly individuals?: readonly string[] | undefined;
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
  { devices, individuals: made = [], group }: CleanupSubject,
): Promise<CleanupPlan> {
  const individuals: Enrollment[] = [];
  for (const id of made) {
    const there = await enrollments.find({ kind: "individual", id });
    if (there !== undefined) individuals.push(there);
  }
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

/**
 * Removes devices: identities, then records; enrollments that go are disabled first, so that none comes back meanwhile, and
 * deleted last, when none is left. It can be run again after any failure.
 *
 * @throws the signal's reason where that aborts
 */
export async function cleanUp(
  services: RemovalServices,
  plan: CleanupPlan,
  options: Pick<RemovalOptions, "signal" | "onProgress">,
): Promise<
  RemovedDevices & { readonly groupDeleted: boolean; readonly individualsDeleted: number }
> {
  const { enrollments } = services;
  const group = plan.group?.toDelete;
  const { individuals } = plan;
  if (group !== undefined) await setEnabled(enrollments, group, { enabled: false });
  for (const one of individuals) await setEnabled(enrollments, one, { enabled: false });
  const removed = await removeDevices(services, plan.devices, { ...options, keepIdentity: false });
  const groupDeleted = group !== undefined && removed.failures.length === 0;
  if (groupDeleted) await enrollments.delete(group);
  const isClean = removed.failures.length === 0;
  if (isClean) for (const one of individuals) await enrollments.delete(one);
  return { ...removed, groupDeleted, individualsDeleted: isClean ? individuals.length : 0 };
}
