import { GENERATOR_LIMITS as LIMITS } from "./generator-limits.ts";
import type { GeneratorSample } from "./generator-sample.ts";
import { lateOutsideModels, ProcessRecord } from "./process-record.ts";
import { RecentUse } from "./recent-use.ts";
import { Stretch } from "./stretch.ts";

/** How the generator did over a whole run, from its samples in their order; bounded, however long the run is. */
export class GeneratorRecord {
  readonly supervisor = new ProcessRecord();
  readonly #workers = new Map<number, ProcessRecord>();
  readonly #recent = new RecentUse();
  readonly #machineAbove = new Stretch();
  #spanMs = 0;
  #busyMs = 0;
  #peak = 0;
  #toMs = 0;

  /** @param toMs when the sample was taken, in ms after time 0 */
  add(sample: GeneratorSample, toMs: number): void {
    this.#toMs = Math.max(this.#toMs, toMs);
    let lateMs = 0;
    for (const told of sample.workers) {
      const record = this.#workers.get(told.worker) ?? new ProcessRecord();
      this.#workers.set(told.worker, record);
      if ("silentMs" in told) {
        record.silent(told.silentMs, toMs);
      } else {
        record.add(told, toMs);
        lateMs = Math.max(lateMs, lateOutsideModels(told));
      }
    }
    this.supervisor.add(sample.supervisor, toMs);
    this.#addMachine(sample.machine, lateMs, toMs);
  }

  /** By their numbers. */
  get workers(): readonly (readonly [worker: number, record: ProcessRecord])[] {
    return [...this.#workers].toSorted(([a], [b]) => a - b);
  }

  /** Share of the time of all cores; `above`: while it was more than the limit and a worker was late. */
  get machine(): {
    readonly cpuShare: { readonly mean: number; readonly peak: number };
    readonly above: Stretch["found"];
  } {
    const mean = this.#spanMs === 0 ? 0 : rounded(this.#busyMs / this.#spanMs);
    const peak = rounded(this.#peak || mean);
    return { cpuShare: { mean, peak }, above: this.#machineAbove.found };
  }

  /** When the last sample was taken, in ms after time 0; 0 without one. */
  get toMs(): number {
    return this.#toMs;
  }

  #addMachine(
    { spanMs, cpuShare }: GeneratorSample["machine"],
    lateMs: number,
    toMs: number,
  ): void {
    const cpuMs = cpuShare * spanMs;
    this.#spanMs += spanMs;
    this.#busyMs += cpuMs;
    const recent = this.#recent.add({ spanMs, cpuMs, lateMs, gcMs: 0 });
    if (recent === undefined) return;
    const busy = recent.cpuMs / recent.spanMs;
    this.#peak = Math.max(this.#peak, busy);
    const wasLate = recent.lateMs >= LIMITS.lateShareOfWindow * recent.spanMs;
    if (busy > LIMITS.machineCpuShare && wasLate) {
      this.#machineAbove.note(busy, toMs - recent.spanMs, toMs);
    }
  }
}

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;
