import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProcessSeries, Seen } from "./judge-soak.ts";
import type { Probe } from "./probes.ts";
import type { RunRecord } from "./run-record.ts";
import type { SoakOptions } from "./soak-options.ts";

/** How a process is looked into. */
export interface Look {
  /** Within the warm-up: told, and no more. */
  readonly isWarmUp?: boolean;
  /** Everything is counted, too. */
  readonly counts?: boolean;
  /** Heap snapshots are written, with this in their names. */
  readonly snapshot?: string;
}

const POLL_MS = 250;
/** Workers tell with this delay, at most, what the run's snapshots are made of. */
const TOLD_AFTER_MS = 2_000;
/** The fleet is whole again within this time, or something is wrong. */
const WHOLE_MS = 120_000;
/** A look during which a connection came or went says nothing; it is made again, so many times. */
const TRIES = 8;

/** Who is made to leak, where somebody is, from the first look on; the others show that they are not taken for it. */
const LEAKING = "worker 0";

export interface WatchOptions {
  readonly options: Pick<SoakOptions, "devices" | "heapSnapshots" | "leakBytes">;
  readonly record: RunRecord;
  readonly probes: ReadonlySet<Probe>;
  readonly tell: (text: string) => void;
  /** The run has ended: nothing is waited for any more. */
  readonly over: AbortSignal;
}

/** Looks into the processes of a run when its fleet is whole. */
export class Watch {
  readonly #given: WatchOptions;
  readonly #seen = new Map<number, { readonly probe: Probe; readonly seen: Seen[] }>();
  readonly #missedMs: number[] = [];
  #isPlanted = false;

  constructor(given: WatchOptions) {
    this.#given = given;
  }

  /** Looks so far that count. */
  get looks(): number {
    return Math.max(0, ...[...this.#seen.values()].map(({ seen }) => seen.length));
  }

  /** Times of looks, in ms after time 0, for which the fleet never stood still. */
  get missedMs(): readonly number[] {
    return this.#missedMs;
  }

  /** What was seen of each process, by name. */
  get series(): readonly ProcessSeries[] {
    const { options, record } = this.#given;
    const all = [...this.#seen.values()];
    const workers = all.filter(({ probe }) => probe.role === "worker").length;
    return all
      .map(({ probe, seen }) => {
        const worker = record.workerOf(probe.pid) ?? 0;
        const isWorker = probe.role === "worker";
        // Devices are dealt out in turn.
        const devices = isWorker
          ? Math.ceil((options.devices - worker) / workers)
          : options.devices;
        return { name: this.#nameOf(probe), devices, share: devices / options.devices, seen };
      })
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Waits for a whole fleet, and looks; again, where a connection came or went meanwhile. */
  async look(look: Look): Promise<void> {
    const { record, over, tell } = this.#given;
    for (let tries = 0; tries < TRIES; tries++) {
      if (!(await this.#whole(record.t, look.counts))) break;
      const { t } = record;
      const { changes: before, reconnects = 0 } = record.snapshot ?? {};
      const asked = [...this.#given.probes].map((probe) => this.#ask(probe, look));
      const seen = (await Promise.all(asked)).flatMap((one) => one ?? []);
      const isWhole = await this.#whole(record.t + TOLD_AFTER_MS);
      if (!isWhole || record.snapshot?.changes !== before || seen.length < asked.length) continue;
      if (look.isWarmUp !== true)
        for (const { probe, held } of seen) this.#keep(probe, { atMs: t, reconnects, held });
      const shown = seen.map(
        ({ probe, held }) =>
          `${this.#nameOf(probe)} ${((held.heapBytes + held.externalBytes) / 1_048_576).toFixed(2)}`,
      );
      tell(`${shown.toSorted().join(", ")} MiB${look.isWarmUp === true ? ", warming up" : ""}`);
      return;
    }
    if (over.aborted) return;
    if (look.isWarmUp !== true) this.#missedMs.push(record.t);
    tell(`not looked: ${record.snapshot?.streaming ?? 0} of ${this.#given.options.devices} stream`);
  }

  async #ask(probe: Probe, { counts = false, snapshot }: Look) {
    const { heapSnapshots, leakBytes } = this.#given.options;
    const name = `${this.#nameOf(probe).replace(" ", "-")}-${snapshot}.heapsnapshot`;
    const isWanted = heapSnapshots !== undefined && snapshot !== undefined;
    const file = isWanted ? { snapshot: join(heapSnapshots, name) } : {};
    const isToLeak = leakBytes !== undefined && !this.#isPlanted && this.#nameOf(probe) === LEAKING;
    this.#isPlanted ||= isToLeak;
    const leak = isToLeak ? { leakBytes } : {};
    const held = await probe.look({ counts, ...file, ...leak });
    return held === undefined ? undefined : { probe, held };
  }

  #keep(probe: Probe, seen: Seen): void {
    const found = this.#seen.get(probe.pid) ?? { probe, seen: [] };
    this.#seen.set(probe.pid, found);
    found.seen.push(seen);
  }

  #nameOf({ role, pid }: Probe): string {
    return role === "worker" ? `worker ${this.#given.record.workerOf(pid) ?? "?"}` : role;
  }

  /**
   * Waits until the run tells that all devices stream, at a moment after `fromMs`; false = they do not.
   *
   * @param isIdle no action of the timeline may be under way either, which has timers and listeners of its own
   */
  async #whole(fromMs: number, isIdle = false): Promise<boolean> {
    const { record, over, options } = this.#given;
    const untilMs = fromMs + WHOLE_MS;
    for (;;) {
      await record.read();
      const { t = 0, streaming = 0 } = record.snapshot ?? {};
      const isWhole = t >= fromMs && streaming === options.devices;
      if (isWhole && !(isIdle && record.isActing)) return true;
      if (record.t > untilMs || over.aborted) return false;
      await sleep(POLL_MS);
    }
  }
}
