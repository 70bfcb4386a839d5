/** The window in which DPS counts registrations, ms. */
const WINDOW_MS = 60_000;

/**
 * When DPS takes each of these registrations at the earliest, ms after time 0: first come, first served, never more than
 * `perMinute` within any 60 s. Devices that are told to wait come back a little later than they could.
 *
 * @param dueMs when each is due, not falling
 * @param perMinute integer >= 1, or Infinity for no limit
 */
export function admittedMs(dueMs: readonly number[], perMinute: number): readonly number[] {
  const admitted: number[] = [];
  for (const due of dueMs) admitted.push(nextAdmittedMs(admitted, due, perMinute));
  return admitted;
}

/** When the next one is taken, after those that were. @param admitted not falling @param due not before the last one's */
export function nextAdmittedMs(
  admitted: readonly number[],
  due: number,
  perMinute: number,
): number {
  const leaves = admitted[admitted.length - perMinute];
  const roomMs = leaves === undefined ? 0 : leaves + WINDOW_MS;
  return Math.max(due, roomMs, admitted.at(-1) ?? 0);
}

/** The most of these moments that lie in one window. @param timesMs not falling */
export function mostInWindow(timesMs: readonly number[], windowMs = WINDOW_MS): number {
  let first = 0;
  let most = 0;
  for (const [last, timeMs] of timesMs.entries()) {
    while ((timesMs[first] ?? timeMs) <= timeMs - windowMs) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
