import { FleetError } from "../base/errors.ts";
import type { Enrollment } from "./enrollment-document.ts";
import type { RegistrationRecord, Registrations } from "./registrations.ts";
import type {
  RegisteredDevice,
  RemovalOptions,
  RemovalServices,
  RemovedDevices,
} from "./remove-devices.ts";
import { removeDevices } from "./remove-devices.ts";
import { setEnabled } from "./write-enrollment.ts";

/** What became of a group and its devices. */
export interface RemovedGroup extends RemovedDevices {
  /** `kept` where it was not asked for, or where devices are left. */
  readonly group: "deleted" | "kept";
}

/** Devices that register while the first are removed come in a second round; more is not to be expected of a disabled group. */
const ROUNDS_MAX = 3;

/**
 * All registration records of a group.
 *
 * @throws {FleetError} `REFUSED` or `UNREACHABLE`
 */
export async function recordsOfGroup(
  registrations: Registrations,
  groupId: string,
): Promise<readonly RegistrationRecord[]> {
  const all: RegistrationRecord[] = [];
  for await (const page of registrations.ofGroup(groupId)) all.push(...page);
  return all;
}

/** The device of a record. */
export const deviceOfRecord = (record: RegistrationRecord): RegisteredDevice => ({
  registrationId: record.registrationId,
  deviceId: record.deviceId ?? record.registrationId,
  hub: record.assignedHub,
});

/**
 * Takes all devices of a group out: the group is disabled first, then come the identities of all registration records,
 * then the records, and at last, where it is asked for and nothing is left, the group. Every step looks at what is there,
 * so that it can be run again after any failure.
 *
 * Source: Microsoft Learn, "How to deprovision devices that were previously auto-provisioned", enrollment groups.
 *
 * @returns once the signal aborts, what was done by then
 * @throws {FleetError} `REFUSED` or `UNREACHABLE`; the signal's reason where that aborts between two steps
 */
export async function deprovisionGroup(
  services: RemovalServices,
  group: Enrollment,
  options: RemovalOptions & { readonly deleteGroup: boolean },
): Promise<RemovedGroup> {
  const { enrollments, registrations } = services;
  await setEnabled(enrollments, group, { enabled: false });
  let all = NOTHING;
  for (let round = 1; round <= ROUNDS_MAX; round += 1) {
    const records = await recordsOfGroup(registrations, group.id);
    if (records.length === 0) break;
    // One that is being assigned has its hub in the next round.
    const settled = records.filter(({ status }) => status !== "assigning");
    const removed = await removeDevices(services, settled.map(deviceOfRecord), options);
    all = sum(all, removed);
    if (removed.failures.length > 0 || options.signal.aborted) break;
  }
  if (options.signal.aborted) return { ...all, group: "kept" };
  const left = all.failures.length > 0 ? [] : await recordsOfGroup(registrations, group.id);
  const failures = [...all.failures, ...left.map(underWay)];
  if (failures.length > 0 || !options.deleteGroup) return { ...all, failures, group: "kept" };
  await enrollments.delete(group);
  return { ...all, group: "deleted" };
}

const underWay = ({ registrationId: deviceId }: RegistrationRecord) => ({
  deviceId,
  error: new FleetError("REFUSED", `a registration of ${deviceId} is under way`, {
    hint: "the group is disabled; run it again in a minute",
  }),
});

const NOTHING: RemovedDevices = {
  identities: { deleted: 0, disabled: 0, absent: 0 },
  records: { deleted: 0, absent: 0 },
  failures: [],
};

const sum = (one: RemovedDevices, other: RemovedDevices): RemovedDevices => ({
  identities: {
    deleted: one.identities.deleted + other.identities.deleted,
    disabled: one.identities.disabled + other.identities.disabled,
    absent: one.identities.absent + other.identities.absent,
  },
  records: {
    deleted: one.records.deleted + other.records.deleted,
    absent: one.records.absent + other.records.absent,
  },
  failures: other.failures,
});
