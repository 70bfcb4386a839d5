import type { ArrivalResult } from "./summary.ts";

/** A measured rate for people, to three digits: `15.8/s`, `120/s`. */
export const formatPerS = (perS: number): string => `${Number(perS.toPrecision(3))}/s`;

/** `held 15.8/s; first 429 at 23.4/s after 41 s`. */
export function arrivalText({
  heldPerS,
  firstPushBack: first,
  highestPerS,
}: ArrivalResult): string {
  if (heldPerS === null || first === null) {
    return `nothing pushed back up to ${formatPerS(highestPerS)}`;
  }
  const what = first.reason === "throttled" ? "429" : "slow answers";
  const after = `after ${Math.round(first.atS)} s`;
  return `held ${formatPerS(heldPerS)}; first ${what} at ${formatPerS(first.ratePerS)} ${after}`;
}
