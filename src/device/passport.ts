import type { DeviceIdentity } from "./identity.ts";
import type { Assignment } from "./provisioning.ts";
import type { TlsSessions } from "./tls-sessions.ts";

/** Where a device belongs, and since when; the rest of an assignment is what DPS took for it. */
export type HubOfDevice = Pick<Assignment, "hub" | "deviceId" | "assignedMs">;

/** With what a device connects: what it shows, and where it goes with that. */
export interface Passport {
  readonly identity: DeviceIdentity;
  readonly assignment: HubOfDevice;
  /** Of this identity alone: a resumed session shows a hub the certificate of the session that it resumes. */
  readonly sessions: TlsSessions;
  /** The identity was taken up while the device ran. */
  readonly isRolled: boolean;
}
