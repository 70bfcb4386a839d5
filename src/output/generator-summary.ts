import type { GcUse } from "../metrics/generator/gc-use.ts";
import type { Percentiles } from "../metrics/percentiles.ts";

/** Whether what ran the devices was the limit, and not what they were run against. */
export interface GeneratorHealth {
  readonly limited: boolean;
  readonly reasons: readonly GeneratorReason[];
  readonly workers: readonly (ProcessUse & { readonly worker: number })[];
  readonly supervisor: ProcessUse;
  readonly machine: { readonly cpuShare: MeanAndPeak };
}

export interface GeneratorReason {
  readonly kind: "stall" | "silent" | "late" | "cpu" | "gc" | "heap" | "machine";
  /** null = the supervisor, or the machine. */
  readonly worker: number | null;
  /** In plain words, with the time. */
  readonly text: string;
  /** What to do about it. */
  readonly mend: string;
  /** ms after time 0. */
  readonly fromMs: number;
  readonly toMs: number;
  /** In ms for stall, silent and late, else a share. */
  readonly value: number;
  readonly limit: number;
}

/** Over the whole run, and over the 5 s in which it was most. */
export interface MeanAndPeak {
  readonly mean: number;
  readonly peak: number;
}

/** What one process used, and how late its event loop was. */
export interface ProcessUse {
  /** Of one core. */
  readonly cpuShare: MeanAndPeak;
  readonly loopDelayMs: Pick<Percentiles, "p50" | "p99" | "max">;
  /** For how long what was due waited more than 100 ms. */
  readonly lateMs: number;
  /** Waits of 250 ms or more. */
  readonly stalls: number;
  readonly gc: { readonly share: MeanAndPeak; readonly byKind: GcUse };
  readonly peakHeapBytes: number;
  /** Of what V8 allows. */
  readonly peakHeapShare: number;
  readonly peakRssBytes: number;
}
