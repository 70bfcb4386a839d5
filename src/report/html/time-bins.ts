import type { DeviceState } from "../../metrics/device-row.ts";
import { LatencyHistogram } from "../../metrics/histogram.ts";
import { HistogramSet } from "../../metrics/histogram-set.ts";
import { parseMetricKey } from "../../metrics/metric-key.ts";
import type { Percentiles } from "../../metrics/percentiles.ts";
import type { EncodedHistogram } from "../../metrics/snapshot.ts";
import type { RunEvent } from "../../output/output.ts";
import { sumByName } from "../../output/terminal-text.ts";
import type { BinnedCounter, BinnedLatency } from "./binned-metrics.ts";
import type { GeneratorSpan } from "./generator-course.ts";
import { generatorSpan, joinedSpan } from "./generator-course.ts";
import { BINNED_LATENCIES, ofEachCounter, ofEachLatency } from "./binned-metrics.ts";

/** What happened in a span of the run. */
export interface TimeBin {
  /** ms after time 0. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Devices by state at its end. */
  readonly states: Readonly<Record<DeviceState, number>>;
  /** How often within it. */
  readonly counts: Readonly<Record<BinnedCounter, number>>;
  /** How the generator did; null where that was not measured. */
  readonly generator: GeneratorSpan | null;
  /** Of what was measured within it; `count` 0 where nothing was. */
  readonly latencies: Readonly<Record<BinnedLatency, Percentiles>>;
}

/** A bin whose latencies are still encoded, in parts that sum to the whole. */
interface Kept extends Omit<TimeBin, "latencies"> {
  readonly histograms: readonly Readonly<Record<string, EncodedHistogram>>[];
}

/** Six minutes are kept second by second. */
const MOST_BINS = 360;
/** The run tells as often, in ms. */
const FINEST_MS = 1_000;

/**
 * The course of a run, in memory that does not grow with its length: when there are too many bins, each two become one.
 * Counts and histograms of all bins sum to those of the run.
 */
export class TimeBins {
  readonly #most: number;
  #widthMs = FINEST_MS;
  #closed: Kept[] = [];
  /** The newest one, and its histograms. */
  #open: Omit<Kept, "histograms"> | undefined;
  readonly #histograms = new HistogramSet();
  #untilMs = 0;
  #totals = ofEachCounter(() => 0);

  /** @param most bins, at least 2 */
  constructor(most = MOST_BINS) {
    this.#most = most;
  }

  /** How long a bin is, in ms; the first and the last may be shorter. */
  get widthMs(): number {
    return this.#widthMs;
  }

  /** Takes snapshots in their order. */
  add({
    t,
    states,
    counters,
    histograms,
    generator: sample,
  }: RunEvent & { type: "snapshot" }): void {
    const totals = ofEachCounter((name) => sumByName(counters, name));
    const counts = ofEachCounter((name) => totals[name] - this.#totals[name]);
    const generator = sample === undefined ? null : generatorSpan(sample);
    const [fromMs, toMs] = [this.#untilMs, Math.max(t, this.#untilMs)];
    const next = { fromMs, toMs, states, counts, generator };
    this.#totals = totals;
    this.#untilMs = next.toMs;
    if (this.#open !== undefined && this.#isSameBin(this.#open, next)) {
      this.#open = joined(this.#open, next);
    } else {
      this.#close();
      this.#open = next;
    }
    for (const [key, encoded] of Object.entries(histograms)) {
      const { name } = parseMetricKey(key);
      if (isBinned(name)) this.#histograms.add({ [name]: encoded });
    }
    // Where there are gaps, neighbours may stay apart the first time.
    while (this.#closed.length >= this.#most) this.#widen();
  }

  /** All bins so far, earliest first. */
  bins(): readonly TimeBin[] {
    this.#close();
    return this.#closed.map(({ histograms, ...bin }) => ({
      ...bin,
      latencies: ofEachLatency((name) => percentilesIn(histograms, name)),
    }));
  }

  /** Snapshots come a little early or late: one that is near a bin's end belongs to it. */
  #isSameBin(first: Pick<Kept, "toMs">, second: Pick<Kept, "toMs">): boolean {
    const indexOf = (t: number): number =>
      Math.max(1, Math.ceil((t - FINEST_MS / 2) / this.#widthMs));
    return indexOf(first.toMs) === indexOf(second.toMs);
  }

  #close(): void {
    if (this.#open === undefined) return;
    this.#closed.push({ ...this.#open, histograms: [this.#histograms.take()] });
    this.#open = undefined;
    this.#mergeOne();
  }

  /** Of the bins with histograms side by side one at a time gets one of each: all have, when the next two are joined. */
  #mergeOne(): void {
    const index = this.#closed.findIndex(({ histograms }) => histograms.length > 1);
    const bin = this.#closed[index];
    if (bin === undefined) return;
    for (const part of bin.histograms) this.#histograms.add(part);
    this.#closed[index] = { ...bin, histograms: [this.#histograms.take()] };
  }

  /** Histograms are put side by side: to merge hundreds of them at once would hold the run up. */
  #widen(): void {
    this.#widthMs *= 2;
    const wide: Kept[] = [];
    for (const bin of this.#closed) {
      const before = wide.at(-1);
      if (before === undefined || !this.#isSameBin(before, bin)) {
        wide.push(bin);
        continue;
      }
      const histograms = [...before.histograms, ...bin.histograms];
      wide[wide.length - 1] = { ...joined(before, bin), histograms };
    }
    this.#closed = wide;
  }
}

const isBinned = (name: string): boolean => BINNED_LATENCIES.some((binned) => binned === name);

/** Two neighbours as one. */
const joined = (
  first: Omit<Kept, "histograms">,
  second: Omit<Kept, "histograms">,
): Omit<Kept, "histograms"> => ({
  fromMs: first.fromMs,
  toMs: second.toMs,
  states: second.states,
  generator: joinedSpan(first.generator, second.generator),
  counts: ofEachCounter((name) => first.counts[name] + second.counts[name]),
});

function percentilesIn(parts: Kept["histograms"], name: BinnedLatency): Percentiles {
  const whole = new LatencyHistogram();
  for (const part of parts) {
    const encoded = part[name];
    if (encoded !== undefined) whole.merge(encoded);
  }
  return whole.percentiles();
}
