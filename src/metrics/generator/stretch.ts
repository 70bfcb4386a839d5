/** The highest of a value while it was above a limit, and from when to when that was. Times in ms after time 0. */
export class Stretch {
  #fromMs = Infinity;
  #toMs = -Infinity;
  #highest = -Infinity;

  /** It was above the limit in this time. */
  note(value: number, fromMs: number, toMs: number): void {
    this.#fromMs = Math.min(this.#fromMs, fromMs);
    this.#toMs = Math.max(this.#toMs, toMs);
    this.#highest = Math.max(this.#highest, value);
  }

  /** undefined where it never was. */
  get found():
    { readonly value: number; readonly fromMs: number; readonly toMs: number } | undefined {
    if (this.#toMs < this.#fromMs) return undefined;
    return { value: this.#highest, fromMs: Math.max(0, this.#fromMs), toMs: this.#toMs };
  }
}
