import type { ConnectionRules } from "../base/connection-rules.ts";
import { CONNECTION_RULES } from "../base/connection-rules.ts";

/** Rules, limits and waits of one device's life; every one an option, so that tests can set small ones. All in ms. */
export interface DeviceLimits extends ConnectionRules {
  /** TCP, TLS and CONNACK of one connection. */
  readonly connectTimeoutMs: number;
  /** One request to DPS or one twin request. The SDK's own limit for DPS requests is the same 30 s. */
  readonly requestTimeoutMs: number;
  /** A whole registration from the moment it was due, retries and throttled waits included. */
  readonly registrationTotalMs: number;
  /** How long a device that stops, or moves to another connection, waits for acknowledgments under way. */
  readonly drainMs: number;
  /** From DPS's refusal of a new certificate to the next try: its enrollment may learn of it later. */
  readonly rollRetryMs: number;
}

/** The shipped limits. */
export const DEVICE_LIMITS: DeviceLimits = {
  ...CONNECTION_RULES,
  connectTimeoutMs: 30_000,
  requestTimeoutMs: 30_000,
  registrationTotalMs: 600_000,
  drainMs: 5_000,
  rollRetryMs: 300_000,
};
