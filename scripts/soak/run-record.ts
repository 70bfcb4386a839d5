import { open } from "node:fs/promises";
import { z } from "zod";

const line = z.discriminatedUnion("type", [
  z.object({ type: z.literal("begin"), at: z.iso.datetime() }),
  z.object({
    type: z.literal("snapshot"),
    t: z.number(),
    states: z.record(z.string(), z.number()),
    counters: z.record(z.string(), z.number()),
  }),
  z.object({
    type: z.literal("worker"),
    worker: z.int(),
    state: z.string(),
    detail: z.string().optional(),
  }),
  z.object({
    type: z.literal("action"),
    action: z.int(),
    round: z.int(),
    state: z.string(),
  }),
]);

/** The fleet at one moment. */
export interface FleetSeen {
  /** ms after time 0. */
  readonly t: number;
  /** Devices that stream. */
  readonly streaming: number;
  /** Connections so far that came after a device's first. */
  readonly reconnects: number;
  /** Whatever became of a connection so far: where it is the same, none came or went. */
  readonly changes: number;
}

/** What `run.ndjson` has told so far of a run that goes on. */
export class RunRecord {
  readonly #path: string;
  #offset = 0;
  #rest = "";
  #beganMs: number | undefined;
  #snapshot: FleetSeen | undefined;
  readonly #workerOf = new Map<number, number>();
  readonly #underWay = new Set<string>();

  constructor(path: string) {
    this.#path = path;
  }

  /** Time 0 in ms since 1970; undefined before it. */
  get beganMs(): number | undefined {
    return this.#beganMs;
  }

  /** ms after time 0; 0 before it. */
  get t(): number {
    return this.#beganMs === undefined ? 0 : Date.now() - this.#beganMs;
  }

  /** The newest; undefined before the first. */
  get snapshot(): FleetSeen | undefined {
    return this.#snapshot;
  }

  /** The number of the worker in a process. */
  workerOf(pid: number): number | undefined {
    return this.#workerOf.get(pid);
  }

  /** Whether an action of the timeline has begun and not ended. */
  get isActing(): boolean {
    return this.#underWay.size > 0;
  }

  /** Reads what was written since the last time. */
  async read(): Promise<void> {
    const file = await open(this.#path).catch(() => undefined);
    // The run has not begun to write yet.
    if (file === undefined) return;
    try {
      const { size } = await file.stat();
      const length = size - this.#offset;
      const room = Buffer.alloc(length);
      const { buffer, bytesRead } = await file.read(room, 0, length, this.#offset);
      this.#offset += bytesRead;
      const lines = `${this.#rest}${buffer.toString("utf8", 0, bytesRead)}`.split("\n");
      this.#rest = lines.pop() ?? "";
      for (const text of lines) this.#heard(text);
    } finally {
      await file.close();
    }
  }

  #heard(text: string): void {
    // Most lines are of other kinds, and long.
    if (!/^\{"type":"(begin|snapshot|worker|action)"/.test(text)) return;
    const event = line.parse(JSON.parse(text));
    switch (event.type) {
      case "begin":
        this.#beganMs = Date.parse(event.at);
        return;
      case "snapshot":
        this.#snapshot = {
          t: event.t,
          streaming: event.states["streaming"] ?? 0,
          reconnects: sumOf(event.counters, /^connection_reconnected\b/),
          changes: sumOf(event.counters, /^connection_(opened|lost|failed)\b/),
        };
        return;
      case "worker": {
        const [, pid] = /^pid (\d+)$/.exec(event.detail ?? "") ?? [];
        if (pid !== undefined) this.#workerOf.set(Number(pid), event.worker);
        return;
      }
      case "action": {
        const key = `${event.action} ${event.round}`;
        if (event.state === "begun") this.#underWay.add(key);
        else this.#underWay.delete(key);
        return;
      }
      default:
        event satisfies never;
    }
  }
}

const sumOf = (counters: Readonly<Record<string, number>>, name: RegExp): number =>
  Object.entries(counters)
    .filter(([key]) => name.test(key))
    .reduce((sum, [, count]) => sum + count, 0);
