import type { FaultsAt } from "./faults-at.ts";

/** How often a device is told of a change of its desired properties. */
export function timesTold(faults: FaultsAt, deviceId: string): 0 | 1 | 2 {
  if (faults.none) return 1;
  if (faults.strike("desiredLost", deviceId) !== undefined) return 0;
  return faults.strike("desiredTwice", deviceId) === undefined ? 1 : 2;
}
