import { GENERATOR_LIMITS } from "./generator-limits.ts";

/** What was used in a span of time, all in ms. */
export interface Use {
  readonly spanMs: number;
  readonly cpuMs: number;
  readonly lateMs: number;
  readonly gcMs: number;
}

/** Sums over the latest spans that are together as long as the window of the limits, and no more of them. */
export class RecentUse {
  #spans: Use[] = [];
  #sum: Use = { spanMs: 0, cpuMs: 0, lateMs: 0, gcMs: 0 };

  /** @returns the sums up to and with this span; undefined while they are shorter than the window */
  add(use: Use): Use | undefined {
    this.#spans.push(use);
    this.#sum = added(this.#sum, use, 1);
    for (;;) {
      const [oldest] = this.#spans;
      if (oldest === undefined) break;
      if (this.#sum.spanMs - oldest.spanMs < GENERATOR_LIMITS.windowMs) break;
      this.#spans.shift();
      this.#sum = added(this.#sum, oldest, -1);
    }
    return this.#sum.spanMs < GENERATOR_LIMITS.windowMs ? undefined : this.#sum;
  }
}

const added = (a: Use, b: Use, times: 1 | -1): Use => ({
  spanMs: a.spanMs + times * b.spanMs,
  cpuMs: a.cpuMs + times * b.cpuMs,
  lateMs: a.lateMs + times * b.lateMs,
  gcMs: a.gcMs + times * b.gcMs,
});
