import { createRandom } from "../base/random.ts";

/** The part of the limit that is used: room for look-ups and repeats, and for handshakes that take unlike long. */
const PART_OF_LIMIT = 0.95;
/** DPS counts registrations in any so many ms. */
const DPS_WINDOW_MS = 60_000;

/** Devices that `auto` starts in a minute. */
export const autoPerMinute = (limitPerMinute: number): number => PART_OF_LIMIT * limitPerMinute;

/**
 * Starts at 95 % of what DPS takes, evenly spaced, each moved by at most half a gap, so that no two workers go in step.
 * No 60 s hold more than the limit, and 1.5 s more do not either: by so much may a handshake take longer than another.
 *
 * @param ids registration ids; a device's move depends on its own and the seed
 * @param limitPerMinute integer >= 1
 * @returns ms after time 0, not falling, the first 0
 */
export function autoTimes(ids: readonly string[], limitPerMinute: number, seed: number): number[] {
  const gapMs = DPS_WINDOW_MS / autoPerMinute(limitPerMinute);
  // What a limit's worth of gaps takes beyond the window. Half of it at most is for two devices that move apart or
  // together, so below 40 in a minute they move by less than half a gap.
  const spareMs = limitPerMinute * gapMs - DPS_WINDOW_MS;
  const moveMs = Math.min(gapMs / 2, spareMs / 4);
  return ids.map((id, index) => {
    if (index === 0) return 0;
    const part = 2 * createRandom(seed, "arrival", id).next() - 1;
    return index * gapMs + part * moveMs;
  });
}
