import type { X509Certificate } from "node:crypto";
import { CaStore } from "../../../../src/emulator/certificates/ca-store.ts";
import type { EnrollmentSettings } from "../../../../src/emulator/dps/enrollments.ts";
import { Enrollments } from "../../../../src/emulator/dps/enrollments.ts";
import type { EmulatorLimits } from "../../../../src/emulator/defaults.ts";
import type { Surroundings } from "../../../../src/emulator/surroundings.ts";
import { surroundingsFrom } from "../../../../src/emulator/surroundings.ts";

/** Ids count and the clock stands. */
function still(limits: Partial<EmulatorLimits> = {}): Surroundings {
  let ids = 0;
  return surroundingsFrom({ limits, clock: () => 0, newId: () => `id-${++ids}` });
}

/** An empty DPS instance. */
export const emptyEnrollments = (limits?: Partial<EmulatorLimits>): Enrollments =>
  new Enrollments(still(limits));

/** The CA certificates of a DPS instance: `ca-0` is the first of those that are verified, and so on. */
export function casOf(
  verified: readonly X509Certificate[],
  unverified: Readonly<Record<string, X509Certificate>> = {},
): CaStore {
  const cas = new CaStore({ around: still(), table: "certificates" });
  verified.forEach((certificate, at) =>
    cas.put(`ca-${at}`, { certificate, isVerified: true }, undefined),
  );
  for (const [name, certificate] of Object.entries(unverified))
    cas.put(name, { certificate, isVerified: false }, undefined);
  return cas;
}

/** An enabled entry with nothing special. */
export function settingsOf(
  given: Pick<EnrollmentSettings, "kind" | "id" | "attestation"> & Partial<EnrollmentSettings>,
): EnrollmentSettings {
  return {
    deviceId: undefined,
    optionalDeviceInformation: undefined,
    enabled: true,
    initialTwin: { tags: {}, desired: {} },
    iotEdge: false,
    reprovisionPolicy: undefined,
    allocationPolicy: undefined,
    iotHubs: [],
    customAllocation: undefined,
    ...given,
  };
}
