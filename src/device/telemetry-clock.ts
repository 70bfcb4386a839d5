import { MAX_TIMER_MS } from "../base/retry.ts";

export interface TelemetryClockOptions {
  /** The gap that holds now, ms > 0; asked before each message, because the twin may change it. */
  readonly intervalMs: () => number;
  /** Fraction of the interval by which a gap may differ, 0 to 1. */
  readonly jitter: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** ms since time 0. */
  readonly clock: () => number;
  /** A message is due; `dueMs` is when it was, even if the process was late. */
  readonly onDue: (dueMs: number, intervalMs: number) => void;
}

/**
 * When a device's messages are due: the first at once, then interval by interval with jitter, each gap counted from
 * the last due moment, so that a stalled process catches up and its delay shows in the latencies.
 */
export class TelemetryClock {
  readonly #options: TelemetryClockOptions;
  #timer: NodeJS.Timeout | undefined;
  #lastDueMs = 0;
  #running = false;

  constructor(options: TelemetryClockOptions) {
    this.#options = options;
  }

  /** Starts with a message due now; does nothing if already started. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#fire(this.#options.clock());
  }

  /** The interval changed: the next message is due one new interval after the last, or now where that has passed. */
  reschedule(): void {
    if (this.#running) this.#schedule(this.#options.clock());
  }

  /** Safe to call twice. */
  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
  }

  #fire(dueMs: number): void {
    this.#lastDueMs = dueMs;
    this.#options.onDue(dueMs, this.#options.intervalMs());
    if (this.#running) this.#schedule();
  }

  #schedule(notBeforeMs = 0): void {
    clearTimeout(this.#timer);
    const { intervalMs, jitter, random } = this.#options;
    const dueMs = this.#lastDueMs + intervalMs() * (1 + jitter * (2 * random() - 1));
    // Of the messages that a shorter interval would have had meanwhile none is missing.
    this.#await(Math.max(dueMs, notBeforeMs));
  }

  /**
   * Node's timers have whole milliseconds, go no further than 24.8 days and may fire early; a message must not go out
   * before it is due.
   */
  #await(dueMs: number): void {
    const leftMs = dueMs - this.#options.clock();
    this.#timer = setTimeout(
      () => {
        if (this.#options.clock() >= dueMs) this.#fire(dueMs);
        else this.#await(dueMs);
      },
      Math.min(MAX_TIMER_MS, Math.max(0, Math.ceil(leftMs))),
    );
  }
}
