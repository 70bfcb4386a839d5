import { waitUntil } from "./wait-until.ts";

/**
 * Lets so many turns pass in a second; after a pause, as many of them at once. That is the shape of Azure's throttles
 * (Microsoft Learn, "IoT Hub quotas and throttling", "Traffic shaping").
 */
export class Pace {
  readonly #intervalMs: number;
  readonly #clock: () => number;
  /** When all turns given so far would be over at an even pace, in ms since 1970. */
  #busyUntilMs = -Infinity;

  /** @param ratePerS more than 0 */
  constructor(ratePerS: number, clock: () => number) {
    this.#intervalMs = 1000 / ratePerS;
    this.#clock = clock;
  }

  /** Gives the next turn away: the time at which it may begin, in ms since 1970; never before `nowMs`. */
  reserve(nowMs: number): number {
    this.#busyUntilMs = Math.max(this.#busyUntilMs, nowMs) + this.#intervalMs;
    // What fits in a second may begin at once; at less than one in a second, one.
    return Math.max(nowMs, this.#busyUntilMs - Math.max(1000, this.#intervalMs));
  }

  /** Waits for the next turn; false if the signal was aborted first. */
  async turn(signal: AbortSignal): Promise<boolean> {
    return await waitUntil(this.reserve(this.#clock()), this.#clock, signal);
  }
}
