/**
 * What DPS refuses, beside the faults of both services.
 * Numbers: Azure/azure-sdk-for-c, tests of its provisioning client, and the DPS service client of
 * Azure/azure-iot-sdk-csharp.
 */
export const DPS_FAULTS = {
  invalidEnrollment: { status: 400, code: 400_004, name: "InvalidEnrollment" },
  tooManyEnrollments: { status: 400, code: 400_205, name: "TooManyEnrollments" },
  enrollmentDefinedTwice: {
    status: 400,
    code: 400_206,
    name: "RegistrationIdDefinedMultipleTimes",
  },
  customAllocationFailed: { status: 400, code: 400_207, name: "CustomAllocationFailed" },
  noHubSpecified: { status: 400, code: 400_208, name: "CustomAllocationIotHubNotSpecified" },
  customAllocationUnauthorized: {
    status: 400,
    code: 400_209,
    name: "CustomAllocationUnauthorizedAccess",
  },
  dpsUnauthorized: { status: 401, code: 401_000, name: "GenericUnauthorized" },
  certificateRefused: { status: 401, code: 401_002, name: "IotHubUnauthorizedAccess" },
  linkedHubUnauthorized: { status: 401, code: 401_002, name: "IotHubUnauthorizedAccess" },
  dpsQuotaExceeded: { status: 403, code: 403_000, name: "GenericForbidden" },
  enrollmentNotFound: { status: 404, code: 404_201, name: "EnrollmentNotFound" },
  registrationNotFound: { status: 404, code: 404_202, name: "DeviceRegistrationNotFound" },
  operationNotFound: { status: 404, code: 404_203, name: "AsyncOperationNotFound" },
  groupNotFound: { status: 404, code: 404_204, name: "EnrollmentGroupNotFound" },
  enrollmentConflict: { status: 409, code: 409_201, name: "EnrollmentConflict" },
  groupConflict: { status: 409, code: 409_202, name: "EnrollmentGroupConflict" },
  registrationConflict: { status: 409, code: 409_203, name: "RegistrationStatusConflict" },
} as const;
