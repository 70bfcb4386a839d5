/**
 * How much `b` differs from `a`, as a part of `a`: 0.1 = a tenth more. 0 where both are equal; infinite where it came
 * from nothing; null where one of them is not known.
 */
export function changeOf(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return null;
  if (a === b) return 0;
  return a === 0 ? Infinity * Math.sign(b) : (b - a) / Math.abs(a);
}
