import type { GcUse } from "./gc-use.ts";

/** A time at which a process's event loop did nothing that was due. */
export interface Stall {
  /** Its begin, in ms after time 0. */
  readonly t: number;
  /** How long what was due had to wait, in ms. */
  readonly ms: number;
  /** The device model that the process spent most of it in; absent where that was none. */
  readonly model?: string | undefined;
}

/** How one process of the generator did over a span of time; times are whole. Spans of a process follow each other without gaps. */
export interface ProcessHealth {
  /** The span's length in ms; it ends where the sample was taken. */
  readonly spanMs: number;
  /** CPU time used, in ms: user and system, of all threads, so that it can exceed the span. */
  readonly cpuMs: number;
  /** The longest that anything due waited for the event loop, in ms. */
  readonly loopMaxMs: number;
  /** For how much of the span what was due waited more than {@link LATE_MS}. */
  readonly lateMs: number;
  readonly gc: GcUse;
  /** At the end of the span, as the next ones. */
  readonly heapUsedBytes: number;
  /** Where V8 gives up. */
  readonly heapLimitBytes: number;
  readonly rssBytes: number;
  /** Those of at least {@link STALL_MS}. */
  readonly stalls: readonly Stall[];
}

/** What is due and waits longer than this for the event loop is late, in ms: latencies of that time are wrong by as much. */
export const LATE_MS = 100;
/** A wait of this length is told by itself, with its time, in ms. */
export const STALL_MS = 250;
