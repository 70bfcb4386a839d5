import type { Draws } from "../../shared/noise.ts";

/** No draw lets time stand still. */
const LEAST_S = 0.001;

/**
 * Seconds until something that comes by chance, once in `meanS` on average, however long one has waited (exponential);
 * one draw. Drawn when the waiting begins, so that how time is cut into steps changes nothing.
 */
export function waitingS(meanS: number, random: Draws): number {
  return Math.max(LEAST_S, -Math.log(1 - random.next()) * meanS);
}
