/** Moments in one step of time count together. */
const STEP_MS = 100;

/** How much happened when: sums over any span, to a tenth of a second, in any order of telling. */
export class Moments {
  readonly #counts: number[] = [];

  /** @param atMs >= 0 @param count below 0 = takes back what was told before */
  add(atMs: number, count = 1): void {
    const step = Math.floor(atMs / STEP_MS);
    while (this.#counts.length <= step) this.#counts.push(0);
    this.#counts[step] = (this.#counts[step] ?? 0) + count;
  }

  /** What happened after `fromMs`, up to and with `toMs`. */
  between(fromMs: number, toMs = Infinity): number {
    const first = Math.max(0, Math.floor(fromMs / STEP_MS) + 1);
    const end = Math.min(this.#counts.length, Math.floor(toMs / STEP_MS) + 1);
    let sum = 0;
    for (let step = first; step < end; step += 1) sum += this.#counts[step] ?? 0;
    return sum;
  }
}
