import { LatencyHistogram } from "./histogram.ts";
import type { Labels } from "./metric-key.ts";
import type { Labelled } from "./series-map.ts";
import { SeriesMap } from "./series-map.ts";
import type { EncodedHistogram } from "./snapshot.ts";

/** As many keep their buckets, 93 KiB each: 24 MB. */
const OPEN_MAX = 256;

/**
 * Histograms by metric key, merged from encoded ones in any order. With many labels there are many series, most of
 * them of a phase that has passed: those that got nothing for longest are kept packed.
 */
export class HistogramSet {
  readonly #histograms = new SeriesMap<LatencyHistogram>();
  /** The one that got something last stands last. */
  readonly #open = new Set<LatencyHistogram>();

  /** Merges histograms by their keys. */
  add(encoded: Readonly<Record<string, EncodedHistogram>>): void {
    for (const [key, part] of Object.entries(encoded)) {
      const merged = this.#histograms.get(key) ?? new LatencyHistogram();
      merged.merge(part);
      this.#histograms.set(key, merged);
      this.#opened(merged);
    }
  }

  /** The series of `name` that carry all of `labels`. */
  select(name: string, labels?: Labels): readonly Labelled<LatencyHistogram>[] {
    return this.#histograms.select(name, labels);
  }

  /** The series of `name` that carry all of `labels`, as one. */
  merged(name: string, labels?: Labels): LatencyHistogram {
    const whole = new LatencyHistogram();
    for (const { value } of this.#histograms.select(name, labels)) whole.absorb(value);
    return whole;
  }

  /** All that was added since the last call, without the series that got nothing; begins anew. */
  take(): Record<string, EncodedHistogram> {
    const taken: Record<string, EncodedHistogram> = {};
    for (const [key, histogram] of this.#histograms.entries()) {
      if (histogram.count === 0) {
        this.#close(histogram);
        continue;
      }
      taken[key] = histogram.encode();
      // Emptied, not dropped, as long as it gets something each time: its buckets are large.
      histogram.reset();
    }
    return taken;
  }

  #opened(histogram: LatencyHistogram): void {
    this.#open.delete(histogram);
    this.#open.add(histogram);
    if (this.#open.size <= OPEN_MAX) return;
    const [first] = this.#open;
    if (first !== undefined) this.#close(first);
  }

  #close(histogram: LatencyHistogram): void {
    histogram.pack();
    this.#open.delete(histogram);
  }
}
