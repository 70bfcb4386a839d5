/**
 * A run's own time: ms after time 0. It stands still until `begin()`, and from `stop()` on; that of a run which is
 * resumed stood still while nobody ran it.
 */
export class RunClock {
  readonly #nowMs: () => number;
  readonly #fromT: number;
  #zeroMs: number | undefined;
  #endT: number | undefined;

  /** @param nowMs ms since 1970, monotonic @param fromT where it goes on, ms after time 0 */
  constructor(nowMs: () => number, fromT = 0) {
    this.#nowMs = nowMs;
    this.#fromT = fromT;
  }

  /** Time 0, ms since 1970; undefined before it is known. */
  get zeroMs(): number | undefined {
    return this.#zeroMs;
  }

  /** ms after time 0; before it is known, where it goes on. */
  get t(): number {
    if (this.#zeroMs === undefined) return this.#fromT;
    return this.#endT ?? this.#nowMs() - this.#zeroMs;
  }

  /** Whether the end of the run is decided. */
  get isStopped(): boolean {
    return this.#endT !== undefined;
  }

  /** @param zeroMs time 0, ms since 1970 */
  begin(zeroMs: number): void {
    this.#zeroMs = zeroMs;
  }

  /** The end of the run is decided; safe to call twice. */
  stop(): void {
    this.#endT ??= this.t;
  }
}
