import type { Json } from "../../base/json.ts";
import type { Enrollment } from "./enrollments.ts";
import type { Credential } from "./hub-link.ts";
import type { ReprovisionPolicy } from "./reprovisioning.ts";

/** Where a device was assigned before. */
export interface EarlierAssignment {
  readonly hub: string;
  readonly deviceId: string;
}

/** A device that registers and has shown that it belongs to an enrollment. */
export interface AttestedDevice {
  readonly registrationId: string;
  readonly apiVersion: string | undefined;
  /** What it sent for a webhook to read. */
  readonly payload: Json | undefined;
  readonly enrollment: Enrollment;
  /** What its hub shall know it by. */
  readonly credential: Credential;
  readonly before: EarlierAssignment | undefined;
  readonly policy: ReprovisionPolicy;
}
