import { METRICS, metricInfo } from "./catalog.ts";
import type { CounterName, HistogramName } from "./catalog.ts";
import { LatencyHistogram } from "./histogram.ts";
import type { LabelName } from "./metric-info.ts";
import type { Labels } from "./metric-key.ts";
import { metricKey } from "./metric-key.ts";
import type { Phase } from "./phases.ts";
import { phaseAt } from "./phases.ts";
import { SecondNews } from "./second-counts.ts";
import type { Snapshot } from "./snapshot.ts";

interface Counter {
  value: number;
  /** Under what it is counted by the second too; undefined = it is not. */
  readonly secondsKey: string | undefined;
}

interface Latency {
  /** Absent = nothing was recorded since the last `take`. */
  histogram: LatencyHistogram | undefined;
}

/** What one process measures between two snapshots, split by every label that the catalogue gives a metric. */
export class SeriesBook {
  readonly #phases: readonly Phase[];
  readonly #counters = new Map<string, Counter>();
  readonly #latencies = new Map<string, Latency>();
  readonly #pages = new Map<string, SeriesPage>();
  /** Of the counters that are counted by the second too. */
  readonly seconds = new SecondNews();
  /** Emptied, with their buckets: those are large, and as many as one interval needs serve for all. */
  readonly #spare: LatencyHistogram[] = [];

  /** @param phases by the time at which they begin */
  constructor(phases: readonly Phase[]) {
    this.#phases = phases;
  }

  /** The page that all devices with these labels share. */
  page(labels: Labels): SeriesPage {
    const key = metricKey("", labels);
    const page = this.#pages.get(key) ?? new SeriesPage(this, labels, this.#phases);
    this.#pages.set(key, page);
    return page;
  }

  /** For pages. */
  counter(key: string, isPerSecond: boolean): Counter {
    const secondsKey = isPerSecond ? key : undefined;
    const counter = this.#counters.get(key) ?? { value: 0, secondsKey };
    this.#counters.set(key, counter);
    return counter;
  }

  /** For pages. */
  latency(key: string): Latency {
    const latency = this.#latencies.get(key) ?? { histogram: undefined };
    this.#latencies.set(key, latency);
    return latency;
  }

  /** For pages: an empty one. */
  histogram(): LatencyHistogram {
    return this.#spare.pop() ?? new LatencyHistogram();
  }

  /** Everything since the last call, without the series that got nothing; begins anew. */
  take(): Pick<Snapshot, "counters" | "histograms" | "perSecond"> {
    const counters: Record<string, number> = {};
    for (const [key, counter] of this.#counters) {
      if (counter.value === 0) continue;
      counters[key] = counter.value;
      counter.value = 0;
    }
    const histograms: Record<string, ReturnType<LatencyHistogram["encode"]>> = {};
    for (const [key, latency] of this.#latencies) {
      const { histogram } = latency;
      if (histogram === undefined) continue;
      if (histogram.count > 0) histograms[key] = histogram.encode();
      histogram.reset();
      this.#spare.push(histogram);
      latency.histogram = undefined;
    }
    const perSecond = this.seconds.take();
    return { counters, histograms, ...(perSecond === undefined ? {} : { perSecond }) };
  }
}

/**
 * The series that carry the same labels, phase by phase. Telemetry's hot path: a series is found by the metric's name
 * alone, and its key is written when it is used for the first time.
 */
export class SeriesPage {
  readonly #book: SeriesBook;
  readonly #labels: Labels;
  readonly #phases: readonly Phase[];
  /** Before the first phase, in the first, in the second … */
  readonly #counters: readonly Map<string, Counter>[];
  readonly #latencies: readonly Map<string, Latency>[];

  constructor(book: SeriesBook, labels: Labels, phases: readonly Phase[]) {
    this.#book = book;
    this.#labels = labels;
    this.#phases = phases;
    this.#counters = [undefined, ...phases].map(() => new Map<string, Counter>());
    this.#latencies = [undefined, ...phases].map(() => new Map<string, Latency>());
  }

  /** @param t when it happened, ms after time 0 */
  count(name: CounterName, by: number, t: number, own?: Labels): void {
    const local = own === undefined ? name : metricKey(name, own);
    const phase = phaseAt(this.#phases, t);
    const inPhase = this.#counters[phase + 1];
    let counter = inPhase?.get(local);
    if (counter === undefined) {
      counter = this.#book.counter(this.#keyOf(name, phase, own), isPerSecond(name));
      inPhase?.set(local, counter);
    }
    counter.value += by;
    if (counter.secondsKey !== undefined) this.#book.seconds.count(counter.secondsKey, t, by);
  }

  /** @param dueMs when the work was due, ms after time 0 */
  observe(name: HistogramName, ms: number, dueMs: number): void {
    const phase = phaseAt(this.#phases, dueMs);
    const inPhase = this.#latencies[phase + 1];
    let latency = inPhase?.get(name);
    if (latency === undefined) {
      latency = this.#book.latency(this.#keyOf(name, phase));
      inPhase?.set(name, latency);
    }
    latency.histogram ??= this.#book.histogram();
    latency.histogram.record(ms);
  }

  #keyOf(name: CounterName | HistogramName, index: number, own?: Labels): string {
    const has: readonly LabelName[] = METRICS[name].labels;
    const phase = this.#phases[index]?.name;
    const all = { ...this.#labels, ...(phase === undefined ? {} : { phase }), ...own };
    const known = Object.entries(all).filter(([label]) => has.some((one) => one === label));
    return metricKey(name, Object.fromEntries(known));
  }
}

const isPerSecond = (name: CounterName): boolean => metricInfo(name)?.perSecond === true;
