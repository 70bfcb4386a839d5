import type { IngestedDevice, JournalLine, LineOf } from "./journal-line.ts";
import type { JournalRow } from "./journal-row.ts";

/** Rows in one line: it stays below some 200 KB. */
const ROWS_AT_ONCE = 500;

/** What a worker process used, by (worker, boot). */
export interface WorkerLife {
  readonly worker: number;
  readonly boot: number;
  cpuS: number;
  rssBytes: number;
}

/** All that a journal says, as its lines add up. */
export class JournalState {
  readonly #counters = new Map<string, number>();
  readonly #rows = new Map<string, JournalRow>();
  readonly #highestSeqs = new Map<string, number>();
  readonly #lives = new Map<string, WorkerLife>();
  readonly #ingested = new Map<string, IngestedDevice>();
  #reading: Pick<LineOf<"ingested">, "position" | "lost"> | undefined;
  #run: LineOf<"run"> | undefined;
  #life: LineOf<"life"> | undefined;
  #emulator: LineOf<"emulator"> | undefined;
  #boot = 0;

  apply(line: JournalLine): void {
    switch (line.type) {
      case "run":
        this.#run = line;
        return;
      case "life":
        this.#life = line;
        this.#boot = Math.max(this.#boot, line.boot);
        return;
      case "emulator":
        this.#emulator = line;
        return;
      case "boot":
        this.#boot = Math.max(this.#boot, line.boot);
        return;
      case "told":
        this.#told(line);
        return;
      case "ingested":
        this.#reading = { position: line.position, lost: line.lost };
        for (const device of line.devices) this.#ingested.set(device.id, device);
        return;
      default:
        line satisfies never;
    }
  }

  get run(): LineOf<"run"> | undefined {
    return this.#run;
  }

  /** The newest. */
  get life(): LineOf<"life"> | undefined {
    return this.#life;
  }

  get emulator(): LineOf<"emulator"> | undefined {
    return this.#emulator;
  }

  /** The highest that a worker was started with. */
  get boot(): number {
    return this.#boot;
  }

  get counters(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counters);
  }

  /** The newest of each device in each of its boots. */
  get rows(): readonly JournalRow[] {
    return [...this.#rows.values()];
  }

  /** The highest number that a device is known to have given in any of its boots; 0 = none. */
  highestSeq(registrationId: string): number {
    return this.#highestSeqs.get(registrationId) ?? 0;
  }

  /** Whether a worker has told of the device. */
  knows(registrationId: string): boolean {
    return this.#highestSeqs.has(registrationId);
  }

  /** Devices that were switched off, by what was told of them last. */
  get off(): ReadonlySet<string> {
    const newest = new Map<string, JournalRow>();
    for (const row of this.#rows.values()) {
      if (row.boot >= (newest.get(row.id)?.boot ?? 0)) newest.set(row.id, row);
    }
    return new Set(
      [...newest.values()].filter(({ state }) => state === "stopped").map(({ id }) => id),
    );
  }

  get lives(): readonly Readonly<WorkerLife>[] {
    return [...this.#lives.values()];
  }

  /** undefined where nothing was read. */
  get ingested(): Omit<LineOf<"ingested">, "type"> | undefined {
    if (this.#reading === undefined) return undefined;
    return { ...this.#reading, devices: [...this.#ingested.values()] };
  }

  /** The same in as few lines as it can be said in. */
  *lines(): Generator<JournalLine> {
    for (const line of [this.#run, this.#life, this.#emulator]) if (line !== undefined) yield line;
    if (this.#boot > 0) yield { type: "boot", boot: this.#boot };
    let { counters } = this;
    for (const { worker, boot, cpuS, rssBytes } of this.#lives.values()) {
      yield { type: "told", worker, boot, counters, rows: [], cpuS, rssBytes };
      counters = {};
    }
    const none = { worker: 0, boot: 1, counters: {}, cpuS: 0, rssBytes: 0 };
    for (const rows of chunks(this.rows)) yield { type: "told", ...none, rows };
    if (this.#reading === undefined) return;
    yield { type: "ingested", ...this.#reading, devices: [] };
    for (const devices of chunks([...this.#ingested.values()])) {
      yield { type: "ingested", ...this.#reading, devices };
    }
  }

  #told({ worker, boot, counters, rows, cpuS, rssBytes }: LineOf<"told">): void {
    for (const [key, by] of Object.entries(counters)) {
      this.#counters.set(key, (this.#counters.get(key) ?? 0) + by);
    }
    for (const row of rows) {
      this.#rows.set(`${row.boot}/${row.id}`, row);
      const last = (row.firstSeq ?? 1) + (row.sent ?? 0) - 1;
      this.#highestSeqs.set(row.id, Math.max(last, this.highestSeq(row.id)));
    }
    const key = `${worker}/${boot}`;
    const life = this.#lives.get(key) ?? { worker, boot, cpuS: 0, rssBytes: 0 };
    life.cpuS = Math.max(life.cpuS, cpuS);
    life.rssBytes = Math.max(life.rssBytes, rssBytes);
    this.#lives.set(key, life);
  }
}

function* chunks<Item>(items: readonly Item[]): Generator<Item[]> {
  for (let at = 0; at < items.length; at += ROWS_AT_ONCE) {
    yield items.slice(at, at + ROWS_AT_ONCE);
  }
}
