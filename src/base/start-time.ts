import { z } from "zod";

import { showValue } from "./show-value.ts";

/** Before that nothing can be set up. */
const LEAST_AHEAD_MS = 1_000;
/** A time further ahead is a slip, or a matter for a scheduler. */
const MOST_AHEAD_MS = 86_400_000;

/** RFC 3339, with or without seconds. */
const zoned = z.union([
  z.iso.datetime({ offset: true }),
  z.iso.datetime({ offset: true, precision: -1 }),
]);
const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/;

/**
 * Reads a moment soon to come: `2026-11-22T20:00:00Z`, with any zone, or `20:00` or `20:00:30` of this day in the zone
 * of this machine. Never throws.
 *
 * @param now what this machine's clock says
 * @returns ms since 1970, from 1 s to 24 h behind `now`
 */
export function parseStartTime(
  text: string,
  now: Date,
): { readonly ms: number } | { readonly problem: string } {
  const ms = momentOf(text, now);
  if (ms === undefined) {
    return {
      problem: `expected a time with its zone, such as 2026-11-22T20:00:00Z, or 20:00 of today, got ${showValue(text)}`,
    };
  }
  const aheadMs = ms - now.getTime();
  if (aheadMs >= LEAST_AHEAD_MS && aheadMs <= MOST_AHEAD_MS) return { ms };
  const expected = aheadMs < LEAST_AHEAD_MS ? "at least 1 s" : "at most 24 h";
  return {
    problem: `expected a time ${expected} ahead, got ${new Date(ms).toISOString()}; this machine's clock says ${now.toISOString()}`,
  };
}

function momentOf(text: string, now: Date): number | undefined {
  const [, hour, minute, second = "0"] = TIME_OF_DAY.exec(text) ?? [];
  if (hour === undefined) return zoned.safeParse(text).success ? Date.parse(text) : undefined;
  return new Date(now).setHours(Number(hour), Number(minute), Number(second), 0);
}
