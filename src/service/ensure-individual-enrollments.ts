import pLimit from "p-limit";

import { FleetError } from "../base/errors.ts";
import type { GroupSpec } from "./ensure-enrollment-group.ts";
import { settingsOf } from "./ensure-enrollment-group.ts";
import { enrollmentText } from "./enrollment-document.ts";
import type { Enrollments } from "./enrollments.ts";
import { openEnrollments } from "./enrollments.ts";
import type { ServiceAccess } from "./service-access.ts";
import type { EnrolledPlace, SharedDeviceId } from "./shared-device-ids.ts";
import { sharedDeviceIds } from "./shared-device-ids.ts";

/** A device that has a key, and so an enrollment, of its own. */
export interface KeyedDevice {
  readonly registrationId: string;
  /** base64 */
  readonly key: string;
}

export interface IndividualsSpec extends Pick<GroupSpec, "allocation" | "initialTwin" | "create"> {
  readonly devices: readonly KeyedDevice[];
}

/** How it ended. */
export interface EnsuredIndividuals {
  /** Registration ids whose enrollments were made, also where it failed after that. */
  readonly created: readonly string[];
  /** How many were there. */
  readonly kept: number;
  /** The first that went wrong, a {@link FleetError} or a bug; after it no further one was begun. */
  readonly failure: { readonly reason: unknown } | undefined;
}

/** Enrollments asked for at once. */
const AT_ONCE = 16;

/**
 * Makes sure that each device has an individual enrollment with its key: creates what is missing. One that exists is never
 * changed.
 *
 * @returns `failure` says why not all are there: `REFUSED` or `UNREACHABLE`, with what to change, or the signal's reason
 */
export async function ensureIndividualEnrollments(
  spec: IndividualsSpec,
  access: ServiceAccess,
  signal?: AbortSignal,
): Promise<EnsuredIndividuals> {
  const enrollments = await openEnrollments(access, { signal });
  const limit = pLimit(AT_ONCE);
  const created: string[] = [];
  let failure: EnsuredIndividuals["failure"];
  const ensure = async (device: KeyedDevice): Promise<EnrolledPlace | undefined> => {
    if (failure !== undefined) return undefined;
    try {
      const { isNew, place } = await ensureOne(device, spec, enrollments);
      if (isNew) created.push(device.registrationId);
      return place;
    } catch (reason) {
      failure ??= { reason };
      return undefined;
    }
  };
  try {
    const ended = await Promise.all(spec.devices.map((device) => limit(ensure, device)));
    const places = ended.filter((place) => place !== undefined);
    const shared = failure === undefined ? sharedDeviceIds(places) : [];
    if (shared.length > 0) failure = { reason: oneDeviceId(shared, enrollments.host) };
    return { created, kept: places.length - created.length, failure };
  } finally {
    enrollments.close();
  }
}

function oneDeviceId(shared: readonly SharedDeviceId[], host: string): FleetError {
  return new FleetError("REFUSED", `individual enrollments at ${host} share device ids`, {
    problems: shared.map(({ deviceId, registrationIds: [first, second] }) => ({
      place: enrollmentText({ kind: "individual", id: second }),
      message: `expected a device id of its own, got "${deviceId}", which that of "${first}" has too`,
    })),
    hint: "devices with one id at one hub throw each other out: give each enrollment a deviceId of its own",
  });
}

/** @returns whether it was created, and where it puts its device */
async function ensureOne(
  { registrationId: id, key }: KeyedDevice,
  spec: IndividualsSpec,
  enrollments: Enrollments,
): Promise<{ readonly isNew: boolean; readonly place: EnrolledPlace }> {
  const name = { kind: "individual", id } as const;
  const where = `${enrollmentText(name)} at ${enrollments.host}`;
  const found = await enrollments.find(name);
  if (found === undefined) {
    if (!spec.create) {
      throw new FleetError("REFUSED", `${where} does not exist`, {
        hint: "create it, or set provisioning.createGroup to true",
      });
    }
    const document = {
      attestation: { type: "symmetricKey", symmetricKey: { primaryKey: key } },
      provisioningStatus: "enabled",
      ...settingsOf(spec),
    };
    await enrollments.put({ ...name, document }, undefined);
    return { isNew: true, place: { registrationId: id, deviceId: id, hubs: [] } };
  }
  const { symmetricKey } = await enrollments.attestationWithKeys(name);
  if ([symmetricKey?.primaryKey, symmetricKey?.secondaryKey].includes(key)) {
    const { deviceId, iotHubs } = found.document;
    // Absent, or empty in answers of the service: the registration id.
    const place = { registrationId: id, deviceId: deviceId || id, hubs: iotHubs ?? [] };
    return { isNew: false, place };
  }
  throw new FleetError("REFUSED", `${where} has other keys than the one that the device has`, {
    hint: "give the device the primary or secondary key of its enrollment",
  });
}
