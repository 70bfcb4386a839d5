/** A named span of a run: it begins `atMs` after time 0 and lasts until the next one does. */
export interface Phase {
  readonly name: string;
  readonly atMs: number;
}

/**
 * Which phase a moment lies in.
 *
 * @param phases by the time at which they begin
 * @param t ms after time 0
 * @returns its index, or -1 before the first
 */
export function phaseAt(phases: readonly Phase[], t: number): number {
  let index = phases.length - 1;
  while (index >= 0 && (phases[index]?.atMs ?? 0) > t) index -= 1;
  return index;
}
