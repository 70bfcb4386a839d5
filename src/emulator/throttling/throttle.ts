import type { ServiceFault } from "../fault.ts";

/** What a throttle lets through. */
export interface ThrottleRate {
  /** Costs that may begin in a second; more than 0, Infinity throttles nothing. */
  readonly perS: number;
  /** How long, in ms, the costs of that rate may come at once after a pause. */
  readonly burstMs: number;
  /** How long an operation may wait for its turn, in ms. */
  readonly delayMaxMs: number;
}

export interface ThrottleOptions {
  /** Now, in ms since 1970. */
  readonly clock: () => number;
  readonly rate: ThrottleRate;
  /** The refusal of an operation for which there is no room in the backlog; there is some after so many seconds. */
  readonly full: (retryAfterS: number) => ServiceFault;
  /** The refusal of one that waits, and would wait too long at a lower rate. */
  readonly late: () => ServiceFault;
  /** The refusal of one that waits when the throttle is stopped. */
  readonly stopped: () => ServiceFault;
}

interface Waiter {
  readonly cost: number;
  readonly begin: () => void;
  readonly refuse: (fault: ServiceFault) => void;
}

/** Less is no wait but a rounding. */
const SOON_MS = 1e-6;

/** Node takes a longer time for none. */
const TIMER_MAX_MS = 2_147_483_647;

/**
 * Lets operations through at a rate, in the shape of Azure's: what is above it is taken for a while, then held up so
 * that it begins evenly and in its order, then refused. After a pause as much is taken at once as fits `burstMs`; no
 * time sees more begin than its length at the rate, and that. One timer serves all that wait, and keeps no process alive.
 *
 * Source: Microsoft Learn, "Reference - IoT Hub quotas and throttling", traffic shaping; in form a leaky bucket
 * (ITU-T I.371, A.1).
 */
export class Throttle {
  readonly #options: ThrottleOptions;
  /** In the order in which they came. */
  readonly #waiters = new Set<Waiter>();
  #waitingCost = 0;
  #rate: ThrottleRate;
  /** Costs that began and would not have yet at an even pace, as they were at `#atMs`. */
  #owed = 0;
  #atMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  #delayed = 0;
  #refused = 0;

  constructor(options: ThrottleOptions) {
    this.#options = options;
    this.#rate = options.rate;
  }

  /** What it lets through, who waits now, and how many were held up and refused so far. */
  get use() {
    return {
      perS: this.#rate.perS,
      waiting: this.#waiters.size,
      delayed: this.#delayed,
      refused: this.#refused,
    };
  }

  /**
   * Lets an operation begin.
   *
   * @param cost at least 0; what costs more than a burst begins when there is nothing else, and others pay for it
   * @param signal ends the waiting when it is aborted: it resolves then too
   * @returns undefined where the operation may begin now, else when it may; rejects with a ServiceFault alone
   * @throws {ServiceFault} `full`
   */
  take(cost: number, signal?: AbortSignal): Promise<void> | undefined {
    this.#passTime();
    const waitMs = this.#waitMs(cost, this.#waitingCost);
    if (this.#waiters.size === 0 && waitMs < SOON_MS) {
      this.#owed += cost;
      return undefined;
    }
    const lateMs = waitMs - this.#rate.delayMaxMs;
    if (lateMs > 0 || this.#isStopped) {
      this.#refused += 1;
      throw this.#options.full(Math.max(1, Math.ceil(lateMs / 1000)));
    }
    this.#delayed += 1;
    return this.#wait(cost, signal);
  }

  /** Changes the rate: what waits is timed anew, and refused as `late` where it would wait too long from now on. */
  set(rate: ThrottleRate): void {
    // What began too early is owed on at the new rate.
    this.#passTime();
    this.#rate = rate;
    let before = 0;
    for (const waiter of this.#waiters) {
      if (this.#waitMs(waiter.cost, before) > rate.delayMaxMs) {
        this.#refused += 1;
        this.#drop(waiter);
        waiter.refuse(this.#options.late());
      } else before += waiter.cost;
    }
    this.#release();
  }

  /** Refuses what waits, and from now on what would have to; safe to call twice. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    for (const waiter of this.#waiters) {
      this.#drop(waiter);
      waiter.refuse(this.#options.stopped());
    }
  }

  /** What is owed gets less with time. */
  #passTime(): void {
    const nowMs = this.#options.clock();
    const { perS } = this.#rate;
    const paid = perS === Infinity ? Infinity : (Math.max(0, nowMs - this.#atMs) / 1000) * perS;
    this.#owed = Math.max(0, this.#owed - paid);
    this.#atMs = nowMs;
  }

  /** How long `cost` would have to wait behind `backlog` from now on, in ms; 0 or less: not at all. */
  #waitMs(cost: number, backlog: number): number {
    const { perS, burstMs } = this.#rate;
    if (perS === Infinity) return 0;
    const burst = Math.max((burstMs / 1000) * perS, cost);
    return ((this.#owed + backlog + cost - burst) / perS) * 1000;
  }

  #wait(cost: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#drop(waiter);
        resolve();
        this.#release();
      };
      const waiter: Waiter = {
        cost,
        begin: () => {
          signal?.removeEventListener("abort", leave);
          resolve();
        },
        refuse: (fault) => {
          signal?.removeEventListener("abort", leave);
          reject(fault);
        },
      };
      if (signal?.aborted === true) return resolve();
      signal?.addEventListener("abort", leave, { once: true });
      this.#waiters.add(waiter);
      this.#waitingCost += cost;
      if (this.#waiters.size === 1) this.#release();
    });
  }

  #drop(waiter: Waiter): void {
    this.#waiters.delete(waiter);
    // What is summed up and taken off again need not come to 0.
    this.#waitingCost = this.#waiters.size === 0 ? 0 : this.#waitingCost - waiter.cost;
  }

  /** Lets begin what may by now, and sets the timer for the next. */
  #release(): void {
    clearTimeout(this.#timer);
    for (const waiter of this.#waiters) {
      this.#passTime();
      const waitMs = this.#waitMs(waiter.cost, 0);
      if (waitMs >= SOON_MS) {
        const timerMs = Math.min(Math.ceil(waitMs), TIMER_MAX_MS);
        this.#timer = setTimeout(() => this.#release(), timerMs).unref();
        return;
      }
      this.#drop(waiter);
      this.#owed += waiter.cost;
      waiter.begin();
    }
  }
}
