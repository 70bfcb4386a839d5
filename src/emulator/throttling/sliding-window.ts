/**
 * Counts what happened in the last `windowMs`, at any moment: no limit can be passed twice at the border of two fixed
 * windows. What happened in the same millisecond takes one entry, so memory is bounded by the window, and by the limit.
 */
export class SlidingWindow {
  readonly #windowMs: number;
  /** Times in ms since 1970, not falling, and how much happened then; what is before `#first` is over. */
  #times: number[] = [];
  #counts: number[] = [];
  #first = 0;
  #total = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** How much happened in the window that ends now. */
  used(nowMs: number): number {
    this.#expire(nowMs);
    return this.#total;
  }

  /**
   * Counts `count` if that stays within `limit`; more than the limit fits an empty window.
   *
   * @returns 0 if it was counted, else in how many ms there will be room
   */
  take(count: number, limit: number, nowMs: number): number {
    this.#expire(nowMs);
    const mostBefore = limit - Math.min(count, limit);
    if (this.#total > mostBefore) return this.#roomInMs(mostBefore, nowMs);
    const last = this.#times.length - 1;
    if (last >= this.#first && this.#times[last] === nowMs)
      this.#counts[last] = (this.#counts[last] ?? 0) + count;
    else {
      this.#times.push(nowMs);
      this.#counts.push(count);
    }
    this.#total += count;
    return 0;
  }

  #expire(nowMs: number): void {
    const sinceMs = nowMs - this.#windowMs;
    const newestMs = this.#times.at(-1) ?? -Infinity;
    // The second: the clock was set back by more than all this is about.
    if (newestMs <= sinceMs || newestMs > nowMs + this.#windowMs) {
      this.#times = [];
      this.#counts = [];
      this.#first = 0;
      this.#total = 0;
      return;
    }
    while ((this.#times[this.#first] ?? Infinity) <= sinceMs) {
      this.#total -= this.#counts[this.#first] ?? 0;
      this.#first += 1;
    }
    if (this.#first * 2 < this.#times.length) return;
    this.#times = this.#times.slice(this.#first);
    this.#counts = this.#counts.slice(this.#first);
    this.#first = 0;
  }

  /** When so much is over that no more than `most` is left. */
  #roomInMs(most: number, nowMs: number): number {
    let left = this.#total;
    let at = this.#first;
    while (left > most && at < this.#times.length) left -= this.#counts[at++] ?? 0;
    return Math.max(1, (this.#times[at - 1] ?? nowMs) + this.#windowMs - nowMs);
  }
}
