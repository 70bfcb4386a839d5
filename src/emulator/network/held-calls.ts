interface HeldCall {
  readonly bytes: number;
  readonly make: () => void;
  timer: NodeJS.Timeout | undefined;
}

/** Calls that are held back, and made in the order in which they came. */
export class HeldCalls {
  #calls: HeldCall[] = [];
  #bytes = 0;
  #lastDueMs = 0;

  /** Of all that is held back. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Until `makeAll`. */
  hold(bytes: number, make: () => void): void {
    this.#add({ bytes, make, timer: undefined });
  }

  /** For `delayMs`, and as long as what came before it is held back. */
  delay(bytes: number, make: () => void, delayMs: number): void {
    const nowMs = performance.now();
    const dueMs = Math.max(this.#lastDueMs, nowMs + delayMs);
    this.#lastDueMs = dueMs;
    const call: HeldCall = { bytes, make, timer: undefined };
    this.#add(call);
    call.timer = setTimeout(() => this.#makeThrough(call), dueMs - nowMs);
  }

  /** What has a time is held until `makeAll`. */
  forgetTimes(): void {
    for (const { timer } of this.#calls) clearTimeout(timer);
    this.#lastDueMs = 0;
  }

  /** Makes all calls, those too that come while it does. */
  makeAll(): void {
    for (let last = this.#calls.at(-1); last !== undefined; last = this.#calls.at(-1))
      this.#makeThrough(last);
  }

  drop(): void {
    this.forgetTimes();
    this.#calls = [];
    this.#bytes = 0;
  }

  #add(call: HeldCall): void {
    this.#calls.push(call);
    this.#bytes += call.bytes;
  }

  /** Timers of a few microseconds' difference may fire in another order than that of the calls. */
  #makeThrough(last: HeldCall): void {
    const due = this.#calls.splice(0, this.#calls.indexOf(last) + 1);
    for (const { bytes, timer } of due) {
      this.#bytes -= bytes;
      clearTimeout(timer);
    }
    for (const { make } of due) make();
  }
}
