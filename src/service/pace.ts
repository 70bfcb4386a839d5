import pLimit from "p-limit";

import { sleep } from "../base/retry.ts";

export interface PaceOptions {
  /** Calls a second over time, above 0; Infinity = as fast as they are answered. */
  readonly perS: number;
  /** Calls under way at a time, >= 1; default 16, as many as a service's agent has connections. */
  readonly concurrency?: number | undefined;
  /** Calls that need not wait after a rest, >= 1; default 5. Services take far more at once. */
  readonly burst?: number | undefined;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: (() => number) | undefined;
}

interface TurnOptions {
  readonly signal?: AbortSignal | undefined;
  readonly cost?: number | undefined;
}

/** What all calls of one kind to one service pass, whoever makes them, so that together they stay under its limit. */
export interface Pace {
  /**
   * Does `work` when it is its turn.
   *
   * @param options `cost`: how many calls `work` makes; default 1
   * @throws the signal's reason where that aborts before; whatever `work` throws
   */
  run<T>(work: () => Promise<T>, options?: TurnOptions): Promise<T>;
}

/** A leaky bucket in its form of one time: the generic cell rate algorithm (ITU-T I.371, annex A). */
export function openPace(options: PaceOptions): Pace {
  const { perS, concurrency = 16, burst = 5, now = () => performance.now() } = options;
  const gapMs = 1_000 / perS;
  const slots = pLimit(concurrency);
  /** When the next call would be due if all came evenly. */
  let evenMs = -Infinity;
  const waitMs = (cost: number): number => {
    const nowMs = now();
    const startMs = Math.max(nowMs, evenMs - (burst - 1) * gapMs);
    evenMs = Math.max(evenMs, startMs) + cost * gapMs;
    return startMs - nowMs;
  };
  return {
    run: (work, { signal, cost = 1 } = {}) =>
      slots(async () => {
        signal?.throwIfAborted();
        const ms = waitMs(cost);
        if (ms > 0) await sleep(ms, signal);
        return work();
      }),
  };
}
