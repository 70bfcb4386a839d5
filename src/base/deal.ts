/**
 * Deals a whole number out in proportion to `weights` (largest remainder; ties go to the earlier part): the parts are
 * whole, sum to `total`, and each differs from its exact share by less than one.
 *
 * @param total integer >= 0
 * @param weights finite, >= 0, at least one above 0; equal weights give parts that differ by at most one
 */
export function dealInProportion(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((whole, weight) => whole + weight, 0);
  const exact = weights.map((weight) => (total * weight) / sum);
  const parts = exact.map(Math.floor);
  const left = total - parts.reduce((whole, part) => whole + part, 0);
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share - Math.floor(share) }))
    .toSorted((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder.slice(0, left)) parts[index] = (parts[index] ?? 0) + 1;
  return parts;
}
