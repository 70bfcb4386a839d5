import { ServiceFault } from "../fault.ts";

const DAY_MS = 86_400_000;

/** What is kept of a quota over a restart. */
export interface QuotaSnapshot {
  /** When the day that it counts began, in ms since 1970. */
  readonly dayMs: number;
  readonly used: number;
}

/**
 * The messages of a hub on this day, which begins at 00:00 UTC.
 * Source: Microsoft Learn, "Reference - IoT Hub quotas and throttling", quotas; "IoT Hub pricing information", charges
 * per operation.
 */
export class DailyQuota {
  readonly #clock: () => number;
  #messagesPerDay: number;
  #blockBytes: number;
  #dayMs = 0;
  #used = 0;
  #midnight: NodeJS.Timeout | undefined;

  /**
   * @param clock now, in ms since 1970
   * @param limits messages on one day, Infinity where there is no quota; what is larger than a block counts for several
   */
  constructor(
    clock: () => number,
    {
      messagesPerDay,
      meterBytes,
    }: { readonly messagesPerDay: number; readonly meterBytes: number },
  ) {
    this.#clock = clock;
    this.#messagesPerDay = messagesPerDay;
    this.#blockBytes = meterBytes;
    this.#turnDay();
    this.#awaitMidnight();
  }

  /** Messages so far on this day. */
  get used(): number {
    this.#turnDay();
    return this.#used;
  }

  get messagesPerDay(): number {
    return this.#messagesPerDay;
  }

  get blockBytes(): number {
    return this.#blockBytes;
  }

  /** What was used stays used. */
  set({
    messagesPerDay,
    meterBytes,
  }: {
    readonly messagesPerDay: number;
    readonly meterBytes: number;
  }): void {
    this.#messagesPerDay = messagesPerDay;
    this.#blockBytes = meterBytes;
  }

  /** @throws {ServiceFault} `quotaExceeded` where the day's messages are used up */
  require(): void {
    if (this.used < this.#messagesPerDay) return;
    throw new ServiceFault(
      "quotaExceeded",
      `The hub's ${this.#messagesPerDay} messages of this day are used up; the next day begins at 00:00 UTC.`,
    );
  }

  /**
   * Counts a message of so many bytes: one for every block that it begins, and one where it is empty. It looks at no
   * clock, for it is called for every message.
   */
  charge(bytes: number): void {
    this.#used += bytes <= this.#blockBytes ? 1 : Math.ceil(bytes / this.#blockBytes);
  }

  snapshot(): QuotaSnapshot {
    this.#turnDay();
    return { dayMs: this.#dayMs, used: this.#used };
  }

  /** What was used on another day is used no more. */
  restore({ dayMs, used }: QuotaSnapshot): void {
    this.#dayMs = dayMs;
    this.#used = used;
    this.#turnDay();
  }

  /** The day turns no more by itself; safe to call twice. */
  stop(): void {
    clearTimeout(this.#midnight);
  }

  /** For those that charge where nobody looks or asks in between. */
  #awaitMidnight(): void {
    const leftMs = this.#dayMs + DAY_MS - this.#clock();
    this.#midnight = setTimeout(() => {
      this.#turnDay();
      this.#awaitMidnight();
    }, leftMs).unref();
  }

  #turnDay(): void {
    const nowMs = this.#clock();
    if (nowMs >= this.#dayMs && nowMs < this.#dayMs + DAY_MS) return;
    this.#dayMs = nowMs - (nowMs % DAY_MS);
    this.#used = 0;
  }
}
