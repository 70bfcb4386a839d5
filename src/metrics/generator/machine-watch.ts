import { cpus } from "node:os";
import type { MachineUse } from "./generator-sample.ts";

/** Times of one core since the machine was started, in ms; `os.cpus()` fits. */
export interface CoreTimes {
  readonly times: Readonly<Record<"user" | "nice" | "sys" | "idle" | "irq", number>>;
}

/** Watches how busy all cores are. In a container these are the cores of its host, whatever share it may use of them. */
export class MachineWatch {
  readonly #clock: () => number;
  readonly #read: () => readonly CoreTimes[];
  #tookMs: number;
  #took: { busy: number; all: number };

  /** Begins to watch. @param clock ms, monotonic */
  constructor(clock: () => number, read: () => readonly CoreTimes[] = cpus) {
    this.#clock = clock;
    this.#read = read;
    this.#tookMs = clock();
    this.#took = sumOf(read());
  }

  /** What was used since the last call. */
  take(): MachineUse {
    const nowMs = this.#clock();
    const now = sumOf(this.#read());
    const all = now.all - this.#took.all;
    // The system counts in ticks of 10 ms: within one, nothing may have moved.
    const busy = all <= 0 ? 0 : Math.min(1, Math.max(0, (now.busy - this.#took.busy) / all));
    const cpuShare = Math.round(busy * 1_000) / 1_000;
    const spanMs = Math.floor(nowMs - this.#tookMs);
    this.#tookMs += spanMs;
    this.#took = now;
    return { spanMs, cpuShare };
  }
}

function sumOf(cores: readonly CoreTimes[]): { busy: number; all: number } {
  let busy = 0;
  let all = 0;
  for (const { times } of cores) {
    const used = times.user + times.nice + times.sys + times.irq;
    busy += used;
    all += used + times.idle;
  }
  return { busy, all };
}
