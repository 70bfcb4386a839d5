import type { ArrivalBurst } from "../scenario/arrival-section.ts";

/**
 * Starts in bursts. Shares are of the whole fleet; their running sum is rounded, so that they lose no device.
 *
 * @returns ms after time 0, not falling; and how many devices the bursts would start, which may be other than `count`
 */
export function burstTimes(
  count: number,
  bursts: readonly ArrivalBurst[],
): { readonly startsMs: number[]; readonly total: number } {
  const startsMs: number[] = [];
  let sum = 0;
  for (const burst of bursts.toSorted((a, b) => a.atMs - b.atMs)) {
    // Multiplied first: 29% of 50 are 14.5, and 0.29 of 50 are less.
    sum += "percent" in burst ? (burst.percent * count) / 100 : burst.count;
    const until = Math.min(Math.round(sum), count);
    while (startsMs.length < until) startsMs.push(burst.atMs);
  }
  return { startsMs, total: Math.round(sum) };
}
