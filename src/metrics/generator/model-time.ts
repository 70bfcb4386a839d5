/** The time that a process spends in the code of one device model. */
export class ModelTime {
  readonly model: string;
  readonly #nowMs: () => number;
  #ms = 0;

  /** @param nowMs ms, monotonic */
  constructor(model: string, nowMs: () => number) {
    this.model = model;
    this.#nowMs = nowMs;
  }

  /** To be given to {@link end} when the call is over. */
  begin(): number {
    return this.#nowMs();
  }

  end(beganMs: number): void {
    this.#ms += this.#nowMs() - beganMs;
  }

  /** Everything since the last call in ms, and begins anew. */
  take(): number {
    const ms = this.#ms;
    this.#ms = 0;
    return ms;
  }
}
