import type { DeviceIdentity } from "./identity.ts";
import type { Assignment } from "./provisioning.ts";
import type { TlsSessions } from "./tls-sessions.ts";

/** With what a device connects: what it shows, and where DPS sent it with that. */
export interface Passport {
  readonly identity: DeviceIdentity;
  readonly assignment: Assignment;
  /** Of this identity alone: a resumed session shows a hub the certificate of the session that it resumes. */
  readonly sessions: TlsSessions;
  /** The identity was taken up while the device ran. */
  readonly isRolled: boolean;
}
