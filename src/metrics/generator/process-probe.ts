import { getHeapStatistics } from "node:v8";
import { GcWatch } from "./gc-watch.ts";
import { LOOK_MS, LoopDelay } from "./loop-delay.ts";
import type { ModelTime } from "./model-time.ts";
import type { ProcessHealth } from "./process-health.ts";

/** What a process has used so far: CPU seconds since its start, resident bytes now. */
export interface ResourceUse {
  readonly cpuS: number;
  readonly rssBytes: number;
}

/** Watches the process that it lives in: event loop, CPU, garbage collection, memory. */
export class ProcessProbe {
  readonly #clock: () => number;
  readonly #resources: () => ResourceUse;
  readonly #gc = new GcWatch();
  readonly #loop: LoopDelay;
  readonly #ticker: NodeJS.Timeout;
  #tookMs: number;
  #tookCpuMs: number;
  /** Once stopped: what is still to be told. */
  #rest: ProcessHealth | undefined;

  /**
   * Begins to watch.
   *
   * @param given `clock` ms after time 0, monotonic; `models` and `onDelay` as {@link LoopDelay} has them
   */
  constructor(given: {
    readonly clock: () => number;
    readonly resources: () => ResourceUse;
    readonly models: readonly ModelTime[];
    readonly onDelay: (ms: number) => void;
  }) {
    const { clock, resources, models, onDelay } = given;
    this.#clock = clock;
    this.#resources = resources;
    this.#tookMs = clock();
    this.#tookCpuMs = resources().cpuS * 1_000;
    this.#loop = new LoopDelay({ nowMs: this.#tookMs, models, onDelay });
    this.#ticker = setInterval(() => this.#loop.look(clock()), LOOK_MS).unref();
    this.#gc.start();
  }

  /** How the process did since the last call, or until it was stopped; after that, over no time at all. */
  take(): ProcessHealth {
    if (this.#rest === undefined) return this.#measure();
    const rest = this.#rest;
    this.#rest = { ...rest, spanMs: 0, cpuMs: 0, loopMaxMs: 0, lateMs: 0, gc: {}, stalls: [] };
    return rest;
  }

  /** Watches no more; safe to call twice. */
  stop(): void {
    if (this.#rest !== undefined) return;
    clearInterval(this.#ticker);
    this.#rest = this.#measure();
    this.#gc.stop();
  }

  #measure(): ProcessHealth {
    const nowMs = this.#clock();
    const { cpuS, rssBytes } = this.#resources();
    const { used_heap_size: heapUsedBytes, heap_size_limit: heapLimitBytes } = getHeapStatistics();
    const { maxMs: loopMaxMs, lateMs, stalls } = this.#loop.take(nowMs);
    // Fractions are told with the next span, so that sums stay exact.
    const spanMs = Math.floor(nowMs - this.#tookMs);
    const cpuMs = Math.floor(cpuS * 1_000 - this.#tookCpuMs);
    this.#tookMs += spanMs;
    this.#tookCpuMs += cpuMs;
    const memory = { heapUsedBytes, heapLimitBytes, rssBytes };
    return { spanMs, cpuMs, loopMaxMs, lateMs, gc: this.#gc.take(), ...memory, stalls };
  }
}
