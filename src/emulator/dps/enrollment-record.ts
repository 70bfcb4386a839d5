import type { Enrollment } from "./enrollments.ts";

/** Which member holds the id. */
export const ENROLLMENT_ID = {
  individual: "registrationId",
  group: "enrollmentGroupId",
} as const;

/**
 * An enrollment as the service API and webhooks show it; members that are undefined are left out by JSON.
 * Source: Azure/azure-rest-api-specs, DeviceProvisioningServices service.json (2021-10-01), IndividualEnrollment and
 * EnrollmentGroup.
 *
 * @param attestation what is shown of it
 */
export function enrollmentRecord(
  enrollment: Enrollment,
  attestation: unknown,
): Readonly<Record<string, unknown>> {
  return {
    [ENROLLMENT_ID[enrollment.kind]]: enrollment.id,
    deviceId: enrollment.deviceId,
    optionalDeviceInformation: enrollment.optionalDeviceInformation,
    attestation,
    capabilities: { iotEdge: enrollment.iotEdge },
    etag: enrollment.etag,
    initialTwin: {
      tags: enrollment.initialTwin.tags,
      properties: { desired: enrollment.initialTwin.desired },
    },
    provisioningStatus: enrollment.enabled ? "enabled" : "disabled",
    reprovisionPolicy: enrollment.reprovisionPolicy,
    createdDateTimeUtc: enrollment.createdDateTimeUtc,
    lastUpdatedDateTimeUtc: enrollment.lastUpdatedDateTimeUtc,
    allocationPolicy: enrollment.allocationPolicy,
    iotHubs: enrollment.iotHubs.length === 0 ? undefined : enrollment.iotHubs,
    customAllocationDefinition: enrollment.customAllocation,
  };
}
