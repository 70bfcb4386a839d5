import pLimit from "p-limit";

import { FleetError } from "../base/errors.ts";
import type { GroupSpec } from "./ensure-enrollment-group.ts";
import { settingsOf } from "./ensure-enrollment-group.ts";
import { enrollmentText } from "./enrollment-document.ts";
import type { Enrollments } from "./enrollments.ts";
import { openEnrollments } from "./enrollments.ts";
import type { ServiceAccess } from "./service-access.ts";

/** A device that has a key, and so an enrollment, of its own. */
export interface KeyedDevice {
  readonly registrationId: string;
  /** base64 */
  readonly key: string;
}

export interface IndividualsSpec extends Pick<GroupSpec, "allocation" | "initialTwin" | "create"> {
  readonly devices: readonly KeyedDevice[];
}

/** Enrollments asked for at once. */
const AT_ONCE = 16;

/**
 * Makes sure that each device has an individual enrollment with its key: creates what is missing. One that exists is never
 * changed.
 *
 * @returns the registration ids of those that were created
 * @throws {FleetError} `REFUSED` or `UNREACHABLE`, with what to change
 */
export async function ensureIndividualEnrollments(
  spec: IndividualsSpec,
  access: ServiceAccess,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const enrollments = await openEnrollments(access, { signal });
  const limit = pLimit(AT_ONCE);
  try {
    const created = await Promise.all(
      spec.devices.map((device) => limit(() => ensureOne(device, spec, enrollments))),
    );
    return spec.devices
      .filter((_, at) => created[at] === true)
      .map(({ registrationId }) => registrationId);
  } finally {
    // What waits behind one that failed is not asked for any more.
    limit.clearQueue();
    enrollments.close();
  }
}

/** @returns whether it was created */
async function ensureOne(
  { registrationId: id, key }: KeyedDevice,
  spec: IndividualsSpec,
  enrollments: Enrollments,
): Promise<boolean> {
  const name = { kind: "individual", id } as const;
  const place = `${enrollmentText(name)} at ${enrollments.host}`;
  if ((await enrollments.find(name)) === undefined) {
    if (!spec.create) {
      throw new FleetError("REFUSED", `${place} does not exist`, {
        hint: "create it, or set provisioning.createGroup to true",
      });
    }
    const document = {
      attestation: { type: "symmetricKey", symmetricKey: { primaryKey: key } },
      provisioningStatus: "enabled",
      ...settingsOf(spec),
    };
    await enrollments.put({ ...name, document }, undefined);
    return true;
  }
  const { symmetricKey } = await enrollments.attestationWithKeys(name);
  if ([symmetricKey?.primaryKey, symmetricKey?.secondaryKey].includes(key)) return false;
  throw new FleetError("REFUSED", `${place} has other keys than the one that the device has`, {
    hint: "give the device the primary or secondary key of its enrollment",
  });
}
