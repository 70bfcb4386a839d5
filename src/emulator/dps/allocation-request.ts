import type { AttestedDevice } from "./attested-device.ts";
import { enrollmentRecord } from "./enrollment-record.ts";

/** What a webhook is asked. */
export interface AllocationRequest {
  readonly device: AttestedDevice;
  /** Host names that it may choose from. */
  readonly linkedHubs: readonly string[];
}

/**
 * The body of a call, as JSON: the enrollment without its certificates or keys, with its etag as HTTP writes it.
 * Source: Microsoft Learn, "Understand custom allocation policies with Azure IoT Hub Device Provisioning Service",
 * AllocationRequest and its sample.
 */
export function allocationRequestBody({ device, linkedHubs }: AllocationRequest): string {
  const { enrollment, before } = device;
  const { type } = enrollment.attestation;
  const record = {
    ...enrollmentRecord(enrollment, { type }),
    etag: Buffer.from(enrollment.etag, "base64").toString(),
  };
  return JSON.stringify({
    [enrollment.kind === "group" ? "enrollmentGroup" : "individualEnrollment"]: record,
    deviceRuntimeContext: {
      registrationId: device.registrationId,
      currentIotHubHostName: before?.hub,
      currentDeviceId: before?.deviceId,
      [type]: {},
      payload: device.payload,
    },
    linkedHubs,
  });
}
