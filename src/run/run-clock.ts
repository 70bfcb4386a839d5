/** A run's own time: ms after time 0. It stands still until `begin()`, and from `stop()` on. */
export class RunClock {
  readonly #nowMs: () => number;
  #zeroMs: number | undefined;
  #endT: number | undefined;

  /** @param nowMs ms since 1970, monotonic */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Time 0, ms since 1970; undefined before it is known. */
  get zeroMs(): number | undefined {
    return this.#zeroMs;
  }

  /** ms after time 0, 0 before it. */
  get t(): number {
    if (this.#zeroMs === undefined) return 0;
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
