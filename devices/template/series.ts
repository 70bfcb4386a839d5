import type { Json } from "../../src/model/model.ts";

/** One column of a recording over its time, which begins at 0. */
export class Series {
  /** Where a replay begins again: the time of the last row and one more gap, as long as the one before it. */
  readonly length: number;
  readonly #times: readonly number[];
  readonly #values: readonly Json[];

  /**
   * @param times of rows that have a value, ascending, at least one
   * @param end when the last row, with a value or without, was over
   */
  constructor(times: readonly number[], values: readonly Json[], end: number) {
    this.#times = times;
    this.#values = values;
    this.length = end;
  }

  get last(): Json {
    return this.#values.at(-1) ?? null;
  }

  /** What was recorded last at that time. */
  heldAt(time: number): Json {
    return this.#values[this.#indexAt(time)] ?? null;
  }

  /** On the straight line between two rows; behind the last one on the way to the first if `wraps`, else the last. */
  linearAt(time: number, wraps: boolean): number {
    const index = this.#indexAt(time);
    const isLast = index === this.#times.length - 1;
    const from = numberOf(this.#values[index]);
    if (isLast && !wraps) return from;
    const to = numberOf(this.#values[isLast ? 0 : index + 1]);
    const start = this.#times[index] ?? 0;
    const end = this.#times[index + 1] ?? this.length;
    return from + ((to - from) * (time - start)) / (end - start);
  }

  /** The last row that is not after `time`, by halves. */
  #indexAt(time: number): number {
    let low = 0;
    let high = this.#times.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#times[middle] ?? Infinity) <= time) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function numberOf(value: Json | undefined): number {
  return typeof value === "number" ? value : 0;
}
