/**
 * When each device starts, in ms after time 0: the first at 0, then evenly spaced.
 *
 * @param count integer >= 0
 * @param ratePerS devices per second > 0
 */
export function startTimes(count: number, ratePerS: number): number[] {
  return Array.from({ length: count }, (_, index) => (index * 1_000) / ratePerS);
}
