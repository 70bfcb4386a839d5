/** Limits and waits of one device's life; every one an option, so that tests can set small ones. All in ms. */
export interface DeviceLimits {
  /** TCP, TLS and CONNACK of one connection. */
  readonly connectTimeoutMs: number;
  /** One request to DPS or one twin request. The SDK's own limit for DPS requests is the same 30 s. */
  readonly requestTimeoutMs: number;
  /** A whole registration from the moment it was due, retries and throttled waits included. */
  readonly registrationTotalMs: number;
  /** Upper bound of the first wait after a lost or failed connection; it doubles up to `retryMaxMs`. */
  readonly retryFirstMs: number;
  /** The same after the service said that it is throttled. */
  readonly retryFirstThrottledMs: number;
  readonly retryMaxMs: number;
  /** Failed hub connections for this long send the device back to DPS. */
  readonly reprovisionAfterMs: number;
  /** How long a device that stops, or moves to another connection, waits for acknowledgments under way. */
  readonly drainMs: number;
  /** From DPS's refusal of a new certificate to the next try: its enrollment may learn of it later. */
  readonly rollRetryMs: number;
}

/**
 * The shipped limits. Source for waits and for going back to DPS: Microsoft Learn, "Best practices for large-scale IoT
 * device deployments" (at least 5 s first when throttled; DPS again after 15 to 30 minutes).
 */
export const DEVICE_LIMITS: DeviceLimits = {
  connectTimeoutMs: 30_000,
  requestTimeoutMs: 30_000,
  registrationTotalMs: 600_000,
  retryFirstMs: 1_000,
  retryFirstThrottledMs: 10_000,
  retryMaxMs: 60_000,
  reprovisionAfterMs: 900_000,
  drainMs: 5_000,
  rollRetryMs: 300_000,
};
