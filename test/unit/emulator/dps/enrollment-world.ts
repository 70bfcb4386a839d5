import type { EnrollmentSettings } from "../../../../src/emulator/dps/enrollments.ts";
import { Enrollments } from "../../../../src/emulator/dps/enrollments.ts";
import { AZURE_DEFAULTS } from "../../../../src/emulator/defaults.ts";
import { silentLogger } from "../../../../src/base/log.ts";

/** An empty DPS instance whose ids count and whose clock stands. */
export function emptyEnrollments(): Enrollments {
  let ids = 0;
  return new Enrollments({
    limits: AZURE_DEFAULTS,
    clock: () => 0,
    newId: () => `id-${++ids}`,
    log: silentLogger(),
  });
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
    reprovision: { updateHubAssignment: true, migrateDeviceData: true },
    allocationPolicy: undefined,
    iotHubs: [],
    ...given,
  };
}
