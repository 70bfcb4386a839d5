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
  let kept = 0;
  let failure: EnsuredIndividuals["failure"];
  const ensure = async (device: KeyedDevice): Promise<void> => {
    if (failure !== undefined) return;
    try {
      if (await ensureOne(device, spec, enrollments)) created.push(device.registrationId);
      else kept += 1;
    } catch (reason) {
      failure ??= { reason };
    }
  };
  try {
    await Promise.all(spec.devices.map((device) => limit(ensure, device)));
    return { created, kept, failure };
  } finally {
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
