import type { StartRecord } from "./start-record.ts";

/** The part of what a service was seen to take that is held. */
const HELD_PART = 0.95;
/** How far the held rate strays from its plateau within one span: with the plateau's 95 % up to what was seen. */
const PROBE_PART = 0.05;
/** Nobody waits longer for a sign that the service takes devices again. */
const LEAST_PER_S = 1 / 60;

/** DPS counts registrations in any minute; what came before cannot be in its way. */
const LONGEST_WINDOW_MS = 60_000;
const SHORTEST_WINDOW_MS = 1_000;
/** How long devices are counted that get through a service which has become slow; and how long that is then held. */
const SLOW_WINDOW_MS = 10_000;
const SLOW_HOLD_MS = 30_000;

/** What a push-back taught: a rate that is held and now and then passed a little, and how many devices may start. */
export interface Ceiling {
  /** Devices due by then belong to what led to it, whatever else is heard of them. */
  readonly lastDueMs: number;
  /** Devices a second, > 0. */
  ratePerS(nowMs: number): number;
  /** Devices that may start now, at the rate of this moment. */
  room(nowMs: number): number;
  /** For so many ms it was the room, and not the rate, that kept devices from starting. */
  keptBack(forMs: number): void;
}

/**
 * Held for `holdMs`, then raised along a cubic, as TCP CUBIC does (RFC 9438, section 4.2): after as long again it is
 * what was seen, which it passes slowly at first, and fast where that was far below what the service takes by now.
 * Time in which the rate was not come up to does not count, so that it does not run away.
 */
class HeldRate {
  readonly #seenPerS: () => number;
  readonly #holdMs: number;
  #sinceMs: number;

  constructor(seenPerS: () => number, times: { readonly atMs: number; readonly holdMs: number }) {
    this.#seenPerS = seenPerS;
    this.#holdMs = times.holdMs;
    this.#sinceMs = times.atMs;
  }

  perS(nowMs: number): number {
    const spans = Math.max(0, nowMs - this.#sinceMs - this.#holdMs) / this.#holdMs;
    return Math.max(LEAST_PER_S, HELD_PART * this.#seenPerS() * (1 + PROBE_PART * spans ** 3));
  }

  keptBack(forMs: number): void {
    this.#sinceMs += forMs;
  }
}

/**
 * A service refused a device. It counts devices in a window, as DPS does in one of 60 s; how long that is, is at most
 * the time since the first device and that until it takes the next. What it took in it is what it takes, and no more are
 * started in any such window, those that were told to come back among them.
 *
 * @param told of the refusals that led to it: the first moment, and the shortest wait that was asked for
 */
export function throttleCeiling(
  record: StartRecord,
  told: { readonly atMs: number; readonly retryAfterMs: number },
): Ceiling {
  const { atMs, retryAfterMs } = told;
  const { lastDueMs } = record;
  const sinceFirstMs = atMs - record.firstDueMs + retryAfterMs;
  const windowMs = Math.min(LONGEST_WINDOW_MS, Math.max(SHORTEST_WINDOW_MS, sinceFirstMs));
  // Asked anew each time: of devices that were refused in that window, some are heard of later.
  const seenPerS = (): number =>
    (Math.max(1, record.taken(atMs - windowMs, atMs)) * 1_000) / windowMs;
  const held = new HeldRate(seenPerS, { atMs, holdMs: windowMs });
  return {
    lastDueMs,
    ratePerS: (nowMs) => held.perS(nowMs),
    keptBack: (forMs) => held.keptBack(forMs),
    room: (nowMs) => {
      if (nowMs < atMs + retryAfterMs) return 0;
      const inWindow = record.taken(nowMs - windowMs) + record.waiting;
      // Where a window has less than one device, one at a time.
      if (inWindow === 0) return 1;
      return Math.max(0, Math.floor((held.perS(nowMs) * windowMs) / 1_000 - inWindow));
    },
  };
}

/**
 * A service became slow: what got through while devices piled up is what it takes. No more are under way than get
 * through in the time that is allowed (Little's law), half of what may be added to it, so that the pile goes.
 *
 * @param usualMs latency where nothing was in the way; `addedMs` by how much it may be longer
 */
export function latencyCeiling(
  record: StartRecord,
  told: { readonly atMs: number; readonly usualMs: number; readonly addedMs: number },
): Ceiling {
  const { atMs, usualMs, addedMs } = told;
  const { lastDueMs } = record;
  const windowMs = Math.min(
    SLOW_WINDOW_MS,
    Math.max(SHORTEST_WINDOW_MS, atMs - record.firstDueMs - usualMs),
  );
  const seenPerS = (Math.max(1, record.through(atMs - windowMs, atMs)) * 1_000) / windowMs;
  const held = new HeldRate(() => seenPerS, { atMs, holdMs: SLOW_HOLD_MS });
  return {
    lastDueMs,
    ratePerS: (nowMs) => held.perS(nowMs),
    keptBack: (forMs) => held.keptBack(forMs),
    room: (nowMs) => {
      const { unanswered } = record;
      if (unanswered === 0) return 1;
      const most = (held.perS(nowMs) * (usualMs + addedMs / 2)) / 1_000;
      return Math.max(0, Math.floor(most - unanswered));
    },
  };
}
