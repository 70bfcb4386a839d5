import type { ModelTime } from "./model-time.ts";
import type { Stall } from "./process-health.ts";
import { LATE_MS, STALL_MS } from "./process-health.ts";

/** Between two looks at the event loop, in ms. Each costs an idle process some 50 µs; a stall is told as much too short. */
export const LOOK_MS = 50;
/** A process that was suspended for longer than this adds no more samples: an hour is the most that histograms hold. */
const OMITTED_MAX = 3_600_000 / LOOK_MS;

/** What the looks of a span found. */
export interface LoopUse {
  readonly maxMs: number;
  readonly lateMs: number;
  readonly stalls: readonly Stall[];
}

/**
 * How long what is due waits for the event loop, found by a timer that is due every {@link LOOK_MS}.
 *
 * Node's own `monitorEventLoopDelay` measures the same way, but tells percentiles of its life only: not when a stall
 * was, nothing that histograms of several workers could be merged from, and one sample for a stall of any length. Here
 * a stall counts with each look that it left out, so that percentiles are shares of time (no coordinated omission).
 */
export class LoopDelay {
  readonly #onDelay: (ms: number) => void;
  readonly #models: readonly ModelTime[];
  #lookedMs: number;
  #maxMs = 0;
  #lateMs = 0;
  #stalls: Stall[] = [];

  /**
   * @param given `nowMs` ms after time 0; `models` who may be to blame; `onDelay` gets each delay in ms, a long one
   *   with all those of the looks that it left out
   */
  constructor(given: {
    readonly nowMs: number;
    readonly models: readonly ModelTime[];
    readonly onDelay: (ms: number) => void;
  }) {
    this.#lookedMs = given.nowMs;
    this.#models = given.models;
    this.#onDelay = given.onDelay;
  }

  /** A look, {@link LOOK_MS} after the last one or whenever the loop came to it. */
  look(nowMs: number): void {
    const dueMs = this.#lookedMs + LOOK_MS;
    const delayMs = Math.max(0, nowMs - dueMs);
    this.#lookedMs = nowMs;
    this.#maxMs = Math.max(this.#maxMs, delayMs);
    this.#lateMs += Math.max(0, delayMs - LATE_MS);
    this.#onDelay(delayMs);
    const omitted = Math.min(OMITTED_MAX, Math.floor(delayMs / LOOK_MS));
    for (let look = 1; look <= omitted; look += 1) this.#onDelay(delayMs - look * LOOK_MS);
    if (delayMs >= STALL_MS) {
      const [t, ms] = [Math.round(dueMs), Math.round(delayMs)];
      this.#stalls.push({ t, ms, ...this.#blame(delayMs) });
    } else {
      for (const model of this.#models) model.take();
    }
  }

  /** Everything since the last call, a look that is overdue included, and begins anew. */
  take(nowMs: number): LoopUse {
    if (nowMs > this.#lookedMs + LOOK_MS) this.look(nowMs);
    // Fractions are told once they make a whole, so that sums stay exact.
    const lateMs = Math.floor(this.#lateMs);
    const use = { maxMs: Math.round(this.#maxMs), lateMs, stalls: this.#stalls };
    this.#maxMs = 0;
    this.#lateMs -= lateMs;
    this.#stalls = [];
    return use;
  }

  /** The model that most of the stall was spent in, if it was one. */
  #blame(delayMs: number): Pick<Stall, "model"> {
    const times = this.#models.map((time) => ({ model: time.model, ms: time.take() }));
    const most = times.find(({ ms }) => ms > delayMs / 2);
    return most === undefined ? {} : { model: most.model };
  }
}
