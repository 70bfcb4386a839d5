/** To the nearest multiple of 0.01, as the tutorials' devices send readings; ties go up. */
export function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
