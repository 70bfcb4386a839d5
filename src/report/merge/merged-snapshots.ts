import type { GeneratorSample } from "../../metrics/generator/generator-sample.ts";
import { NO_DEVICES } from "../../metrics/device-row.ts";
import { lateOutsideModels } from "../../metrics/generator/process-record.ts";
import { HistogramSet } from "../../metrics/histogram-set.ts";
import { SecondNews } from "../../metrics/second-counts.ts";
import type { Of } from "./part.ts";

type Snapshot = Of<"snapshot">;

/**
 * Makes of the snapshots of parts those of the whole: totals are summed over the newest of each part, what was measured
 * since the last snapshot is merged. Parts tell once a second each; what they tell in one round is one snapshot.
 */
export class MergedSnapshots {
  readonly #newest: Snapshot[];
  /** Parts that are still going to tell something. */
  readonly #going: Set<number>;
  readonly #round = new Map<number, Snapshot>();

  /** @param devices how many each part has: before its first snapshot all of them are `waiting` */
  constructor(devices: readonly number[]) {
    this.#newest = devices.map((waiting) => ({ ...NOTHING, states: { ...NO_DEVICES, waiting } }));
    this.#going = new Set(devices.keys());
  }

  /** Takes a part's snapshot, with the numbers that its workers have in the whole. @returns what is complete by it */
  add(part: number, snapshot: Snapshot): readonly Snapshot[] {
    const before = this.#round.has(part) ? this.#take() : [];
    this.#round.set(part, snapshot);
    this.#newest[part] = snapshot;
    return [...before, ...this.#complete()];
  }

  /** Of this part there is no more. @returns what is complete by that */
  end(part: number): readonly Snapshot[] {
    this.#going.delete(part);
    return this.#complete();
  }

  #complete(): readonly Snapshot[] {
    for (const part of this.#going) if (!this.#round.has(part)) return [];
    return this.#take();
  }

  #take(): readonly Snapshot[] {
    const told = [...this.#round.values()];
    if (told.length === 0) return [];
    this.#round.clear();
    const histograms = new HistogramSet();
    for (const snapshot of told) histograms.add(snapshot.histograms);
    const seconds = new SecondNews();
    for (const { perSecond = {} } of told) seconds.merge(perSecond);
    const perSecond = seconds.take();
    const generator = generatorOf(told.flatMap((snapshot) => snapshot.generator ?? []));
    return [
      {
        type: "snapshot",
        t: Math.max(...told.map(({ t }) => t)),
        states: { ...NO_DEVICES, ...sumOf(this.#newest.map(({ states }) => states)) },
        byHub: sumOf(this.#newest.map(({ byHub }) => byHub)),
        counters: sumOf(this.#newest.map(({ counters }) => counters)),
        histograms: histograms.take(),
        ...(perSecond === undefined ? {} : { perSecond }),
        ...(generator === undefined ? {} : { generator }),
      },
    ];
  }
}

const NOTHING: Snapshot = {
  type: "snapshot",
  t: 0,
  states: NO_DEVICES,
  byHub: {},
  counters: {},
  histograms: {},
};

function sumOf(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const each of counts) {
    for (const [key, count] of Object.entries(each)) sums.set(key, (sums.get(key) ?? 0) + count);
  }
  return Object.fromEntries(sums);
}

/**
 * All workers; of supervisors and machines the one that did worst, since the best ones say nothing of it. A machine does
 * worst where its workers are late: that another one is busy is not why.
 */
function generatorOf(samples: readonly GeneratorSample[]): GeneratorSample | undefined {
  const [supervisor] = samples
    .map((sample) => sample.supervisor)
    .toSorted((a, b) => b.lateMs - a.lateMs || b.cpuMs - a.cpuMs);
  const machine = samples.toSorted(
    (a, b) => lateMs(b) - lateMs(a) || b.machine.cpuShare - a.machine.cpuShare,
  )[0]?.machine;
  if (supervisor === undefined || machine === undefined) return undefined;
  const workers = samples.flatMap((sample) => sample.workers);
  return { workers: workers.toSorted((a, b) => a.worker - b.worker), supervisor, machine };
}

/** Of the worker that was latest, as a machine that has too much to do would make it. */
const lateMs = ({ workers }: GeneratorSample): number =>
  Math.max(0, ...workers.map((worker) => ("silentMs" in worker ? 0 : lateOutsideModels(worker))));
