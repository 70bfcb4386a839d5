import { LatencyHistogram } from "./histogram.ts";
import type { Labels } from "./metric-key.ts";
import type { Labelled } from "./series-map.ts";
import { SeriesMap } from "./series-map.ts";
import type { EncodedHistogram } from "./snapshot.ts";

/** Histograms by metric key, merged from encoded ones in any order. */
export class HistogramSet {
  readonly #histograms = new SeriesMap<LatencyHistogram>();

  /** Merges histograms by their keys. */
  add(encoded: Readonly<Record<string, EncodedHistogram>>): void {
    for (const [key, part] of Object.entries(encoded)) {
      const merged = this.#histograms.get(key) ?? new LatencyHistogram();
      merged.merge(part);
      this.#histograms.set(key, merged);
    }
  }

  /** The series of `name` that carry all of `labels`. */
  select(name: string, labels?: Labels): readonly Labelled<LatencyHistogram>[] {
    return this.#histograms.select(name, labels);
  }

  /** All that was added since the last call, without the series that got nothing; begins anew. */
  take(): Record<string, EncodedHistogram> {
    const taken: Record<string, EncodedHistogram> = {};
    for (const [key, histogram] of this.#histograms.entries()) {
      if (histogram.count === 0) continue;
      taken[key] = histogram.encode();
      // Emptied, not dropped: its buckets are large.
      histogram.reset();
    }
    return taken;
  }
}
