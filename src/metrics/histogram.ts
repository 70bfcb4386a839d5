import type { Histogram } from "hdr-histogram-js";
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  JsHistogram,
} from "hdr-histogram-js";
import type { Percentiles } from "./percentiles.ts";
import type { EncodedHistogram } from "./snapshot.ts";

/** Values above are counted as this one; their exact maximum and sum are kept all the same. */
const HIGHEST_US = 3_600_000_000;
const EMPTY: EncodedHistogram = { count: 0, min: 0, max: 0, sum: 0, data: "" };

/**
 * Latencies at a resolution of 1 µs, up to 1 h, three digits. Merging is exact and order-free.
 *
 * Minimum, maximum and sum are kept beside the buckets as whole microseconds: an encoded HDR histogram rounds the
 * first two to bucket edges, and adding fractions would depend on the order.
 */
export class LatencyHistogram {
  #buckets: Histogram | undefined;
  /** What the buckets held when they were let go. */
  #packed: string | undefined;
  #count = 0;
  #minUs = Infinity;
  #maxUs = 0;
  #sumUs = 0;

  get count(): number {
    return this.#count;
  }

  /** The one place that guards: what is not a finite number is dropped, a negative latency counts as 0. */
  record(ms: number): void {
    if (!Number.isFinite(ms)) return;
    const us = Math.max(0, Math.round(ms * 1_000));
    this.#open().recordValue(Math.min(us, HIGHEST_US));
    this.#note(1, us, us, us);
  }

  /** Adds all values of `other`. */
  merge(other: EncodedHistogram): void {
    if (other.count === 0) return;
    this.#open().add(decodeFromCompressedBase64(other.data, 32));
    this.#note(other.count, toUs(other.min), toUs(other.max), toUs(other.sum));
  }

  /** Adds all values of `other`, which stays as it is. */
  absorb(other: LatencyHistogram): void {
    if (other.#buckets === undefined) {
      this.merge(other.encode());
      return;
    }
    this.#open().add(other.#buckets);
    this.#note(other.#count, other.#minUs, other.#maxUs, other.#sumUs);
  }

  /** Lets go of the 93 KiB of buckets and keeps what they hold, compressed; the next value brings them back. */
  pack(): void {
    if (this.#buckets === undefined) return;
    if (this.#count > 0) this.#packed = encodeIntoCompressedBase64(this.#buckets);
    this.#buckets = undefined;
  }

  /** The state as it crosses processes: min, max and sum in ms. */
  encode(): EncodedHistogram {
    if (this.#count === 0) return EMPTY;
    return {
      count: this.#count,
      min: this.#minUs / 1_000,
      max: this.#maxUs / 1_000,
      sum: this.#sumUs / 1_000,
      data: this.#packed ?? encodeIntoCompressedBase64(this.#look()),
    };
  }

  /** Forgets every value and keeps the memory. */
  reset(): void {
    this.#buckets?.reset();
    this.#packed = undefined;
    this.#count = 0;
    this.#minUs = Infinity;
    this.#maxUs = 0;
    this.#sumUs = 0;
  }

  /** The value in ms that `percentile` (0 to 100) percent of the values do not exceed; null without a value. */
  valueAt(percentile: number): number | null {
    if (this.#count === 0) return null;
    const us = this.#look().getValueAtPercentile(percentile);
    return Math.min(this.#maxUs, Math.max(this.#minUs, us)) / 1_000;
  }

  /** The sum of all values, in ms. */
  get sumMs(): number {
    return this.#sumUs / 1_000;
  }

  /**
   * How many values do not exceed each edge, to the resolution of the buckets: a value up to a thousandth above an edge
   * may be counted with it.
   *
   * @param edgesMs ascending, from 0 to below 1 h
   */
  countsUpTo(edgesMs: readonly number[]): readonly number[] {
    if (this.#count === 0) return edgesMs.map(() => 0);
    const buckets = this.#look();
    // The only kind that `build` gives without WebAssembly; its interface alone does not show the counts.
    if (!(buckets instanceof JsHistogram))
      throw new TypeError("expected a histogram in JavaScript");
    let count = 0;
    let next = 0;
    return edgesMs.map((edgeMs) => {
      const end = buckets.countsArrayIndex(toUs(edgeMs)) + 1;
      for (; next < end; next += 1) count += buckets.getCountAtIndex(next);
      return count;
    });
  }

  percentiles(): Percentiles {
    const some = this.#count > 0;
    return {
      count: this.#count,
      min: some ? this.#minUs / 1_000 : null,
      mean: some ? Math.round(this.#sumUs / this.#count) / 1_000 : null,
      p50: this.valueAt(50),
      p90: this.valueAt(90),
      p95: this.valueAt(95),
      p99: this.valueAt(99),
      p999: this.valueAt(99.9),
      max: some ? this.#maxUs / 1_000 : null,
    };
  }

  /** 93 KiB, so only when there is something to record. */
  #open(): Histogram {
    this.#buckets ??= unpacked(this.#packed);
    this.#packed = undefined;
    return this.#buckets;
  }

  /** To read from: what is packed stays so. */
  #look(): Histogram {
    return this.#buckets ?? unpacked(this.#packed);
  }

  #note(count: number, minUs: number, maxUs: number, sumUs: number): void {
    this.#count += count;
    this.#minUs = Math.min(this.#minUs, minUs);
    this.#maxUs = Math.max(this.#maxUs, maxUs);
    this.#sumUs += sumUs;
  }
}

function unpacked(packed: string | undefined): Histogram {
  const buckets = build({
    bitBucketSize: 32,
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_US,
    numberOfSignificantValueDigits: 3,
    autoResize: false,
  });
  if (packed !== undefined) buckets.add(decodeFromCompressedBase64(packed, 32));
  return buckets;
}

/** The percentiles of an encoded histogram. */
export function percentilesOf(encoded: EncodedHistogram): Percentiles {
  const histogram = new LatencyHistogram();
  histogram.merge(encoded);
  return histogram.percentiles();
}

function toUs(ms: number): number {
  return Math.round(ms * 1_000);
}
