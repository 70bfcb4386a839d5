/**
 * How waits between attempts are spread. full: uniform between 0 and the bound of that wait, so that a fleet that lost its
 * hub at one moment comes back evenly; none: the bound itself, so that it comes back in step.
 * Source of the name: AWS Architecture Blog, "Exponential Backoff And Jitter".
 */
export const RETRY_JITTERS = ["full", "none"] as const;
export type RetryJitter = (typeof RETRY_JITTERS)[number];

/**
 * When a device reads its whole twin. always: on every connection; first: on the first one after it was assigned alone, so
 * that a change that it missed while it was away stays missed.
 */
export const TWIN_READINGS = ["always", "first"] as const;
export type TwinReading = (typeof TWIN_READINGS)[number];

/** How a device comes back after a failure; all times in ms. */
export interface ConnectionRules {
  /** Bound of the first wait after a lost or failed connection; it doubles up to `retryMaxMs`. */
  readonly retryFirstMs: number;
  /** Bound of every wait, >= `retryFirstMs`. */
  readonly retryMaxMs: number;
  /** Bound of the first wait after the service said that it is throttled; no such wait is shorter than half of it. */
  readonly retryFirstThrottledMs: number;
  readonly retryJitter: RetryJitter;
  /** Failed hub connections for this long send the device back to DPS. */
  readonly reprovisionAfterMs: number;
  readonly readTwin: TwinReading;
}

/**
 * What holds where a scenario says nothing. Source: Microsoft Learn, "Best practices for large-scale IoT device
 * deployments": exponential back-off with jitter, at least 5 s first when throttled, DPS again after 15 to 30 minutes.
 */
export const CONNECTION_RULES: ConnectionRules = {
  retryFirstMs: 1_000,
  retryMaxMs: 60_000,
  retryFirstThrottledMs: 10_000,
  retryJitter: "full",
  reprovisionAfterMs: 900_000,
  readTwin: "always",
};
