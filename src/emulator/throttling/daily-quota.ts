import { z } from "zod";
import { ServiceFault } from "../fault.ts";
import type { Codec, Table } from "../state/state.ts";
import type { TierLimits } from "./tier-options.ts";

const DAY_MS = 86_400_000;
/** How much of the counting a kill may cost. */
const SAVE_MS = 1000;

/** Messages on one day, Infinity where there is no quota; what is larger than a block counts for several. */
export type QuotaLimits = Pick<TierLimits, "messagesPerDay" | "meterBytes">;

/** What was used on the day that began then, in ms since 1970. */
interface UsedDay {
  readonly dayMs: number;
  readonly used: number;
}

export const usedDayCodec: Codec<UsedDay> = z.strictObject({ dayMs: z.int(), used: z.int() });

/** The one row of the table. */
const ROW = "used";

/**
 * The messages of a hub on this day, which begins at 00:00 UTC.
 * Source: Microsoft Learn, "Reference - IoT Hub quotas and throttling", quotas; "IoT Hub pricing information", charges
 * per operation.
 */
export class DailyQuota {
  readonly #clock: () => number;
  readonly #kept: Table<UsedDay>;
  #limits: QuotaLimits;
  #dayMs = 0;
  #used = 0;
  #midnight: NodeJS.Timeout | undefined;
  #saving: NodeJS.Timeout | undefined;

  /**
   * @param clock now, in ms since 1970
   * @param kept what was used before this start; written a second after a message was counted, and at the stop
   */
  constructor(clock: () => number, limits: QuotaLimits, kept: Table<UsedDay>) {
    this.#clock = clock;
    this.#limits = limits;
    this.#kept = kept;
    ({ dayMs: this.#dayMs, used: this.#used } = kept.get(ROW) ?? { dayMs: 0, used: 0 });
    this.#turnDay();
    this.#awaitMidnight();
  }

  /** Messages so far on this day. */
  get used(): number {
    this.#turnDay();
    return this.#used;
  }

  get limits(): QuotaLimits {
    return this.#limits;
  }

  /** What was used stays used. */
  set({ messagesPerDay, meterBytes }: QuotaLimits): void {
    this.#limits = { messagesPerDay, meterBytes };
  }

  /** @throws {ServiceFault} `quotaExceeded` where the day's messages are used up */
  require(): void {
    const { messagesPerDay } = this.#limits;
    if (this.used < messagesPerDay) return;
    throw new ServiceFault(
      "quotaExceeded",
      `The hub's ${messagesPerDay} messages of this day are used up; the next day begins at 00:00 UTC.`,
    );
  }

  /**
   * Counts a message of so many bytes: one for every block that it begins, and one where it is empty. It looks at no
   * clock, for it is called for every message.
   */
  charge(bytes: number): void {
    const { meterBytes } = this.#limits;
    this.#used += bytes <= meterBytes ? 1 : Math.ceil(bytes / meterBytes);
    this.#saving ??= setTimeout(() => this.#save(), SAVE_MS).unref();
  }

  /** Keeps what was used; the day turns no more by itself. Safe to call twice. */
  stop(): void {
    clearTimeout(this.#midnight);
    this.#save();
  }

  /** For those that charge where nobody looks or asks in between. */
  #awaitMidnight(): void {
    const leftMs = this.#dayMs + DAY_MS - this.#clock();
    this.#midnight = setTimeout(() => {
      this.#turnDay();
      this.#awaitMidnight();
    }, leftMs).unref();
  }

  #save(): void {
    if (this.#saving === undefined) return;
    clearTimeout(this.#saving);
    this.#saving = undefined;
    this.#turnDay();
    this.#kept.set(ROW, { dayMs: this.#dayMs, used: this.#used });
  }

  #turnDay(): void {
    const nowMs = this.#clock();
    if (nowMs >= this.#dayMs && nowMs < this.#dayMs + DAY_MS) return;
    this.#dayMs = nowMs - (nowMs % DAY_MS);
    this.#used = 0;
  }
}
