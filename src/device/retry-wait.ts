import type { DeviceFailure } from "../base/failure.ts";
import { backoffMs } from "../base/retry.ts";
import type { DeviceLimits } from "./device-limits.ts";

/** The wait after the `attempt`-th failure in a row (1, 2, …), ms: exponential with jitter, longer where the service is throttled. */
export function retryWaitMs(
  limits: DeviceLimits,
  failure: DeviceFailure,
  attempt: number,
  random: () => number,
): number {
  const throttled = failure.failureClass === "throttled";
  const firstMs = throttled ? limits.retryFirstThrottledMs : limits.retryFirstMs;
  return backoffMs({ firstMs, maxMs: Math.max(firstMs, limits.retryMaxMs) }, attempt, random);
}
