/** Counts by key and by second: key -> whole second after time 0 -> count. */
export type PerSecond = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Counts of one series for each whole second after time 0, 4 bytes a second: runs may last for days. */
export class SecondCounts {
  #counts = new Uint32Array(64);

  /** @param second 0, 1, 2 … after time 0; what comes before counts for second 0 */
  add(second: number, by: number): void {
    const at = Math.max(0, second);
    if (at >= this.#counts.length) {
      const larger = new Uint32Array(2 ** Math.ceil(Math.log2(at + 1)));
      larger.set(this.#counts);
      this.#counts = larger;
    }
    this.#counts[at] = (this.#counts[at] ?? 0) + by;
  }

  /** The most that fell into one second over all of `series` together; 0 without any. */
  static peakOf(series: readonly SecondCounts[]): number {
    const seconds = Math.max(0, ...series.map((one) => one.#counts.length));
    let peak = 0;
    for (let second = 0; second < seconds; second += 1) {
      let sum = 0;
      for (const one of series) sum += one.#counts[second] ?? 0;
      peak = Math.max(peak, sum);
    }
    return peak;
  }
}

/** What was counted by the second since it was last told; keys and seconds that got nothing are left out. */
export class SecondNews {
  readonly #counts = new Map<string, Map<number, number>>();

  /** @param t ms after time 0 */
  count(key: string, t: number, by: number): void {
    this.#add(key, Math.floor(t / 1_000), by);
  }

  /** @param shiftS by how many whole seconds the other time 0 was later */
  merge(perSecond: PerSecond, shiftS = 0): void {
    for (const [key, seconds] of Object.entries(perSecond)) {
      for (const [second, by] of Object.entries(seconds))
        this.#add(key, Number(second) + shiftS, by);
    }
  }

  /** Everything since the last call; undefined = nothing. Begins anew. */
  take(): PerSecond | undefined {
    if (this.#counts.size === 0) return undefined;
    const taken = Object.fromEntries(
      [...this.#counts].map(([key, seconds]) => [key, Object.fromEntries(seconds)]),
    );
    this.#counts.clear();
    return taken;
  }

  #add(key: string, second: number, by: number): void {
    const seconds = this.#counts.get(key) ?? new Map<number, number>();
    this.#counts.set(key, seconds);
    seconds.set(second, (seconds.get(second) ?? 0) + by);
  }
}
