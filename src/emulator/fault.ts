/**
 * The refusals of both services: HTTP status, number and name.
 * Numbers: Microsoft Learn, "Understand and resolve Azure IoT Hub errors", and ErrorCode.cs of
 * Azure/azure-iot-sdk-csharp; the DPS ones (xxx2xx) from the same project's DPS service client.
 */
export const FAULTS = {
  badRequest: { status: 400, code: 400_004, name: "ArgumentInvalid" },
  malformed: { status: 400, code: 400_006, name: "IotHubFormatError" },
  invalidEnrollment: { status: 400, code: 400_004, name: "InvalidEnrollment" },
  unauthorized: { status: 401, code: 401_003, name: "IotHubUnauthorized" },
  dpsUnauthorized: { status: 401, code: 401_000, name: "GenericUnauthorized" },
  managementUnauthorized: { status: 401, code: 401_000, name: "InvalidAuthenticationToken" },
  certificateRefused: { status: 401, code: 401_002, name: "IotHubUnauthorizedAccess" },
  hubNotFound: { status: 404, code: 404_000, name: "IotHubNotFound" },
  resourceNotFound: { status: 404, code: 404_000, name: "ResourceNotFound" },
  notFound: { status: 404, code: 404_000, name: "NotFound" },
  deviceNotFound: { status: 404, code: 404_001, name: "DeviceNotFound" },
  deviceNotOnline: { status: 404, code: 404_103, name: "DeviceNotOnline" },
  enrollmentNotFound: { status: 404, code: 404_201, name: "EnrollmentNotFound" },
  registrationNotFound: { status: 404, code: 404_202, name: "DeviceRegistrationNotFound" },
  operationNotFound: { status: 404, code: 404_203, name: "AsyncOperationNotFound" },
  groupNotFound: { status: 404, code: 404_204, name: "EnrollmentGroupNotFound" },
  deviceExists: { status: 409, code: 409_001, name: "DeviceAlreadyExists" },
  enrollmentConflict: { status: 409, code: 409_201, name: "EnrollmentConflict" },
  groupConflict: { status: 409, code: 409_202, name: "EnrollmentGroupConflict" },
  preconditionFailed: { status: 412, code: 412_001, name: "PreconditionFailed" },
  badDeviceResponse: { status: 502, code: 502_000, name: "BadDeviceResponse" },
  serverError: { status: 500, code: 500_001, name: "ServerError" },
  notImplemented: { status: 501, code: 501_000, name: "NotImplemented" },
  gatewayTimeout: { status: 504, code: 504_101, name: "GatewayTimeout" },
} as const;

export type FaultKind = keyof typeof FAULTS;

/** A refusal by a rule of the imitated service; each border (MQTT, HTTPS) writes it in its own shape. */
export class ServiceFault extends Error {
  override readonly name = "ServiceFault";
  readonly kind: FaultKind;

  constructor(kind: FaultKind, message: string) {
    super(message);
    this.kind = kind;
  }

  get status(): number {
    return FAULTS[this.kind].status;
  }

  get code(): number {
    return FAULTS[this.kind].code;
  }
}

/** The error body of DPS and of MQTT twin answers (swagger: ProvisioningServiceErrorDetails). */
export function faultBody(
  fault: ServiceFault,
  context: { readonly trackingId: string; readonly timestampUtc: string },
): string {
  return JSON.stringify({
    errorCode: fault.code,
    trackingId: context.trackingId,
    message: fault.message,
    timestampUtc: context.timestampUtc,
  });
}
