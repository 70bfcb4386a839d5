import { ServiceFault } from "../fault.ts";
import type { AllocationContext } from "./allocate.ts";
import { allocate } from "./allocate.ts";
import type { AttestedDevice } from "./attested-device.ts";
import { nameForDevices } from "./hub-link.ts";
import { place } from "./place.ts";
import type { RegistrationOutcome } from "./registrations.ts";
import { substatusOf } from "./reprovisioning.ts";

/**
 * Finds a hub for a device and writes it there: a first time, anew, or in another hub.
 *
 * @returns an assigned or a failed registration
 * @throws what ended the wait, when `context.signal` does
 */
export async function assign(
  context: AllocationContext,
  device: AttestedDevice,
): Promise<RegistrationOutcome> {
  const { before, apiVersion } = device;
  try {
    const chosen = await allocate(context, device);
    const from = before === undefined ? undefined : context.linkedHubs.find(before.hub);
    const placed = place(device, chosen, from?.hub);
    return {
      ...assigningOutcome(device),
      status: "assigned",
      assignedHub: nameForDevices(chosen.link.hub),
      deviceId: placed.deviceId,
      substatus: substatusOf({
        ...placed,
        isFirst: before === undefined,
        apiVersion,
        sameHubSubstatus: context.around.limits.sameHubSubstatus,
      }),
      payload: chosen.payload,
    };
  } catch (error) {
    if (!(error instanceof ServiceFault)) throw error;
    return failedOutcome(device, error);
  }
}

/** What is on record while a device is assigned; a hub that it has already stays told. */
export function assigningOutcome({
  registrationId,
  enrollment,
  before,
}: AttestedDevice): RegistrationOutcome {
  return {
    registrationId,
    enrollmentGroupId: enrollment.kind === "group" ? enrollment.id : undefined,
    attestation: enrollment.attestation.type,
    status: "assigning",
    assignedHub: before?.hub,
    deviceId: before?.deviceId,
    substatus: undefined,
    errorCode: undefined,
    errorMessage: undefined,
    payload: undefined,
  };
}

/** The device is where it was before (`?`). */
export function failedOutcome(device: AttestedDevice, fault: ServiceFault): RegistrationOutcome {
  return { ...assigningOutcome(device), ...failureOf(fault) };
}

/** What a failed registration says of its failure. */
export function failureOf({
  code,
  message,
}: ServiceFault): Pick<RegistrationOutcome, "status" | "errorCode" | "errorMessage"> {
  return { status: "failed", errorCode: code, errorMessage: message };
}
