import { GENERATOR_LIMITS as LIMITS } from "./generator-limits.ts";
import type { GcUse } from "./gc-use.ts";
import { addGc, gcMs } from "./gc-use.ts";
import type { ProcessHealth, Stall } from "./process-health.ts";
import { LATE_MS } from "./process-health.ts";
import { RecentUse } from "./recent-use.ts";
import { Stretch } from "./stretch.ts";

/** How one process did over a whole run, in bounded memory. Times in ms after time 0. */
export class ProcessRecord {
  /** Above the limits of the same name. */
  readonly above = {
    late: new Stretch(),
    cpu: new Stretch(),
    gc: new Stretch(),
    heap: new Stretch(),
  };
  readonly #recent = new RecentUse();
  #spanMs = 0;
  #cpuMs = 0;
  #lateMs = 0;
  /** The part of it that is told as stalls. */
  #stalledMs = 0;
  #gc: GcUse = {};
  #peakCpu = 0;
  #peakGc = 0;
  #peakHeap = 0;
  #peakHeapBytes = 0;
  #peakRssBytes = 0;
  #stalls = 0;
  #longStalls = 0;
  #longest: Stall | undefined;
  #silent: { readonly fromMs: number; readonly toMs: number } | undefined;

  /** @param toMs the end of what it tells of */
  add(health: ProcessHealth, toMs: number): void {
    const { spanMs, cpuMs, lateMs } = health;
    this.#silent = undefined;
    this.#memory(health, toMs);
    if (spanMs === 0) return;
    this.#spanMs += spanMs;
    this.#cpuMs += cpuMs;
    this.#lateMs += lateMs;
    this.#stalledMs += lateIn(health.stalls.filter(({ ms }) => ms >= LIMITS.stallMs));
    this.#gc = addGc(this.#gc, health.gc);
    if (lateMs > 0) this.above.late.note(lateMs, toMs - spanMs, toMs);
    for (const stall of health.stalls) {
      this.#stalls += 1;
      if (stall.ms >= LIMITS.stallMs) this.#longStalls += 1;
      if (stall.ms > (this.#longest?.ms ?? 0)) this.#longest = stall;
    }
    const recent = this.#recent.add({
      spanMs,
      cpuMs,
      lateMs: lateOutsideModels(health),
      gcMs: gcMs(health.gc),
    });
    if (recent === undefined) return;
    const cpu = recent.cpuMs / recent.spanMs;
    const gc = recent.gcMs / recent.spanMs;
    this.#peakCpu = Math.max(this.#peakCpu, cpu);
    this.#peakGc = Math.max(this.#peakGc, gc);
    const since = toMs - recent.spanMs;
    const wasLate = recent.lateMs >= LIMITS.lateShareOfWindow * recent.spanMs;
    if (cpu > LIMITS.workerCpuShare && wasLate) this.above.cpu.note(cpu, since, toMs);
    if (gc > LIMITS.gcShare) this.above.gc.note(gc, since, toMs);
  }

  /** It has told nothing for so long. */
  silent(silentMs: number, toMs: number): void {
    this.#silent = { fromMs: this.#silent?.fromMs ?? toMs - silentMs, toMs };
  }

  get spanMs(): number {
    return this.#spanMs;
  }

  /** Time in which what was due was late; `outsideStalls`: without the stalls that are above their limit. */
  get late(): { readonly ms: number; readonly outsideStallsMs: number } {
    return { ms: this.#lateMs, outsideStallsMs: Math.max(0, this.#lateMs - this.#stalledMs) };
  }

  /** Shares of the time; of one core, where it is CPU. */
  get cpuShare(): { readonly mean: number; readonly peak: number } {
    const mean = share(this.#cpuMs, this.#spanMs);
    // A run shorter than the window has no other peak.
    return { mean, peak: rounded(this.#peakCpu || mean) };
  }

  get gc(): {
    readonly use: GcUse;
    readonly share: { readonly mean: number; readonly peak: number };
  } {
    const mean = share(gcMs(this.#gc), this.#spanMs);
    return { use: this.#gc, share: { mean, peak: rounded(this.#peakGc || mean) } };
  }

  get heap(): { readonly peakBytes: number; readonly peakShare: number } {
    return { peakBytes: this.#peakHeapBytes, peakShare: rounded(this.#peakHeap) };
  }

  get peakRssBytes(): number {
    return this.#peakRssBytes;
  }

  /** Waits of at least `STALL_MS`; `aboveLimit`: those above the limit. */
  get stalls(): {
    readonly count: number;
    readonly aboveLimit: number;
    readonly longest: Stall | undefined;
  } {
    return { count: this.#stalls, aboveLimit: this.#longStalls, longest: this.#longest };
  }

  /** Since when it has told nothing, and until when it should have, if it never did again. */
  get silence(): { readonly fromMs: number; readonly toMs: number } | undefined {
    return this.#silent;
  }

  #memory({ heapUsedBytes, heapLimitBytes, rssBytes, spanMs }: ProcessHealth, toMs: number): void {
    const used = share(heapUsedBytes, heapLimitBytes);
    this.#peakHeap = Math.max(this.#peakHeap, used);
    this.#peakHeapBytes = Math.max(this.#peakHeapBytes, heapUsedBytes);
    this.#peakRssBytes = Math.max(this.#peakRssBytes, rssBytes);
    if (used > LIMITS.heapShare) this.above.heap.note(used, toMs - spanMs, toMs);
  }
}

/** What stalls add to the time in which what was due was late. */
const lateIn = (stalls: readonly Stall[]): number =>
  stalls.reduce((sum, { ms }) => sum + Math.max(0, ms - LATE_MS), 0);

/** Time in which what was due was late, and not for what a device model did. */
export const lateOutsideModels = ({ lateMs, stalls }: ProcessHealth): number =>
  Math.max(0, lateMs - lateIn(stalls.filter(({ model }) => model !== undefined)));

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;
const share = (part: number, whole: number): number => (whole === 0 ? 0 : rounded(part / whole));
