import type { AttestedDevice } from "./attested-device.ts";
import type { ChosenHub } from "./allocate.ts";
import type { DeviceState, HubLink } from "./hub-link.ts";
import { nameForDevices } from "./hub-link.ts";

/** Where a device is now. */
export interface Placed {
  readonly deviceId: string;
  /** To another hub, or to another device id. */
  readonly hasMoved: boolean;
  /** Whether its twin and capabilities came along. */
  readonly hasMigrated: boolean;
}

/**
 * Writes a device into its hub, and takes it out of the one where it was.
 * Source: Microsoft Learn, "IoT Hub Device reprovisioning concepts", reprovisioning policies.
 *
 * @param from the hub where it was, if DPS may still read and write that; a hub that is not linked any more keeps what
 *   it has, and nothing of it comes along (`?`)
 */
export function place(
  { registrationId, enrollment, credential, before, policy }: AttestedDevice,
  { link: { hub }, initialTwin }: ChosenHub,
  from: HubLink | undefined,
): Placed {
  // Registration ids are case-insensitive and device ids are not: another spelling is no second device.
  const known = before?.deviceId ?? registrationId;
  const keeps = before !== undefined && !policy.updateHubAssignment;
  const deviceId = keeps ? known : (enrollment.deviceId ?? known);
  // A device id that the enrollment changed is a move too: the identity of the old one must not stay behind.
  const hasMoved =
    before !== undefined && (before.hub !== nameForDevices(hub) || known !== deviceId);
  const taken = hasMoved && policy.migrateDeviceData ? from?.stateOf(known) : undefined;
  const initial: DeviceState = {
    twin: initialTwin ?? enrollment.initialTwin,
    iotEdge: enrollment.iotEdge,
  };
  if (hasMoved) {
    from?.remove(known);
    // What an earlier stay left there is older than what comes.
    hub.remove(deviceId);
  }
  hub.provision({ deviceId, credential, state: taken ?? initial });
  return { deviceId, hasMoved, hasMigrated: taken !== undefined };
}
