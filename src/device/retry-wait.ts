import type { ConnectionRules } from "../base/connection-rules.ts";
import type { DeviceFailure } from "../base/failure.ts";
import { backoffMs, retryAfterMs } from "../base/retry.ts";

/** What a service asks to wait is lengthened by up to this part, so that refused devices do not come back in step. */
const RETRY_AFTER_SPREAD = 0.5;

/**
 * The wait after the `attempt`-th failure in a row (1, 2, …), ms: exponential, by the rules' jitter. Where the service is
 * throttled it begins longer, and is never shorter than half of that beginning, full jitter or not.
 */
export function retryWaitMs(
  rules: ConnectionRules,
  { failureClass }: Pick<DeviceFailure, "failureClass">,
  attempt: number,
  random: () => number,
): number {
  const isThrottled = failureClass === "throttled";
  const firstMs = isThrottled ? rules.retryFirstThrottledMs : rules.retryFirstMs;
  const options = {
    firstMs,
    maxMs: Math.max(firstMs, rules.retryMaxMs),
    jitter: rules.retryJitter === "full" ? 1 : 0,
    floorMs: isThrottled ? firstMs / 2 : 0,
  };
  return backoffMs(options, attempt, random);
}

/**
 * The wait after the `times`-th answer in a row with which a service put a request off, ms: what it asked for, and up to
 * half of that on top; where it asked for nothing, the back-off of a throttled service.
 *
 * @param askedMs undefined = it asked for nothing
 */
export function throttledWaitMs(
  rules: ConnectionRules,
  askedMs: number | undefined,
  times: number,
  random: () => number,
): number {
  if (askedMs === undefined) {
    return retryWaitMs(rules, { failureClass: "throttled" }, times, random);
  }
  const spread = rules.retryJitter === "full" ? RETRY_AFTER_SPREAD : 0;
  return retryAfterMs(askedMs, random, spread);
}
