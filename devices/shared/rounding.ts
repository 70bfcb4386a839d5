/** To the nearest multiple of 0.01, as the tutorials' devices send readings; ties go up. */
export function round2(value: number): number {
  return Math.round(value * 100) / 100;
}

/** To the nearest number of so many decimals, 0 to 15; ties go up. */
export function roundTo(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  const rounded = Math.round(value * factor) / factor;
  // Far from 0 the product is not finite, and a number so large has no decimals.
  return Number.isFinite(rounded) ? rounded : value;
}
