import { addGc } from "./gc-use.ts";
import type { ProcessHealth } from "./process-health.ts";

/** How a worker did since the sample before; `silentMs` in its place where it has told nothing since. */
export type WorkerSample =
  | (ProcessHealth & { readonly worker: number })
  | { readonly worker: number; readonly silentMs: number };

/** How the generator did: its processes and the machine that they share. A run takes one a second. */
export interface GeneratorSample {
  /** The workers that are there. */
  readonly workers: readonly WorkerSample[];
  readonly supervisor: ProcessHealth;
  readonly machine: MachineUse;
}

/** All cores together, whoever used them. */
export interface MachineUse {
  readonly spanMs: number;
  /** Share of the time of all cores that some program used, 0 to 1. */
  readonly cpuShare: number;
}

/** Two spans of one process that follow each other, as one. */
export function joinHealth(first: ProcessHealth, next: ProcessHealth): ProcessHealth {
  return {
    spanMs: first.spanMs + next.spanMs,
    cpuMs: first.cpuMs + next.cpuMs,
    loopMaxMs: Math.max(first.loopMaxMs, next.loopMaxMs),
    lateMs: first.lateMs + next.lateMs,
    gc: addGc(first.gc, next.gc),
    heapUsedBytes: Math.max(first.heapUsedBytes, next.heapUsedBytes),
    heapLimitBytes: next.heapLimitBytes,
    rssBytes: Math.max(first.rssBytes, next.rssBytes),
    stalls: [...first.stalls, ...next.stalls],
  };
}
