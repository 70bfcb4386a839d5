import type { SeqRanges } from "./device-row.ts";

/** A set of sequence numbers (integers >= 1), kept as inclusive runs; appending in order is O(1). */
export class SeqSet {
  /** Ascending, disjoint, never adjacent: flat `[first, last, first, last …]`. */
  readonly #bounds: number[] = [];
  #count = 0;

  static from(ranges: SeqRanges): SeqSet {
    const set = new SeqSet();
    set.merge(ranges);
    return set;
  }

  /** How many numbers are in the set. */
  get count(): number {
    return this.#count;
  }

  /** The highest number of the set; 0 while it is empty. */
  get max(): number {
    return this.#bounds.at(-1) ?? 0;
  }

  /** @returns false if the number was in the set already */
  add(seq: number): boolean {
    // Numbers mostly come in order: the last run grows.
    const end = this.#bounds.length - 1;
    if (end > 0 && this.#bounds[end] === seq - 1) {
      this.#bounds[end] = seq;
      this.#count += 1;
      return true;
    }
    const before = this.#count;
    this.addRange(seq, seq);
    return this.#count > before;
  }

  /** Adds `first` to `last`, both included; nothing if `last` < `first`. */
  addRange(first: number, last: number): void {
    if (last < first) return;
    // The runs that overlap or touch [first, last] become one with it.
    const from = this.#runAtOrAfter(first - 1);
    let to = from;
    let start = first;
    let end = last;
    while (to < this.#bounds.length && (this.#bounds[to] ?? 0) <= last + 1) {
      start = Math.min(start, this.#bounds[to] ?? start);
      end = Math.max(end, this.#bounds[to + 1] ?? end);
      this.#count -= (this.#bounds[to + 1] ?? 0) - (this.#bounds[to] ?? 0) + 1;
      to += 2;
    }
    this.#bounds.splice(from, to - from, start, end);
    this.#count += end - start + 1;
  }

  merge(other: SeqRanges | SeqSet): void {
    for (const [first, last] of other instanceof SeqSet ? other.toRanges() : other) {
      this.addRange(first, last);
    }
  }

  has(seq: number): boolean {
    const index = this.#runAtOrAfter(seq);
    return index < this.#bounds.length && (this.#bounds[index] ?? 0) <= seq;
  }

  toRanges(): SeqRanges {
    const ranges: [number, number][] = [];
    for (let index = 0; index < this.#bounds.length; index += 2) {
      ranges.push([this.#bounds[index] ?? 0, this.#bounds[index + 1] ?? 0]);
    }
    return ranges;
  }

  /** Index of the first run that ends at `seq` or later; the length of the bounds if none does. */
  #runAtOrAfter(seq: number): number {
    let low = 0;
    let high = this.#bounds.length / 2;
    // Numbers mostly arrive in order: look at the last run first.
    if (high > 0 && (this.#bounds[this.#bounds.length - 1] ?? 0) < seq) return this.#bounds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#bounds[middle * 2 + 1] ?? 0) < seq) low = middle + 1;
      else high = middle;
    }
    return low * 2;
  }
}

/** How many numbers the runs hold. */
export const countOf = (ranges: SeqRanges): number =>
  ranges.reduce((count, [first, last]) => count + last - first + 1, 0);

/** What is in `ranges` and not in `taken`; both ascending and disjoint. */
export function without(ranges: SeqRanges, taken: SeqRanges): SeqRanges {
  const left: [number, number][] = [];
  let next = 0;
  for (const [first, last] of ranges) {
    let from = first;
    while (next < taken.length && (taken[next]?.[1] ?? 0) < from) next += 1;
    for (let at = next; at < taken.length; at += 1) {
      const [takenFrom, takenTo] = taken[at] ?? [Infinity, Infinity];
      if (takenFrom > last) break;
      if (takenFrom > from) left.push([from, takenFrom - 1]);
      from = Math.max(from, takenTo + 1);
    }
    if (from <= last) left.push([from, last]);
  }
  return left;
}

/** What is in both; both ascending and disjoint. */
export const common = (ranges: SeqRanges, others: SeqRanges): SeqRanges =>
  without(ranges, without(ranges, others));
