import { DPS_LIMITS } from "../base/azure-limits.ts";
import type { Pace } from "./pace.ts";
import { openPace } from "./pace.ts";

/** Of what a DPS instance lets through in a minute; the rest is left to devices and to other services. */
const SHARE = 0.8;

/**
 * For many calls of one DPS instance: together they stay below its limit of service operations, which counts the last
 * minute, so that a tenth of them need not wait.
 *
 * @param limited false for an emulator that throttles nothing
 */
export function dpsPace(limited: boolean): Pace {
  const perMinute = DPS_LIMITS.serviceOperationsPerMinute * SHARE;
  return limited
    ? openPace({ perS: perMinute / 60, burst: perMinute / 10 })
    : openPace({ perS: Infinity });
}
