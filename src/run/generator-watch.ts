import type { GeneratorSample, WorkerSample } from "../metrics/generator/generator-sample.ts";
import { joinHealth } from "../metrics/generator/generator-sample.ts";
import { MachineWatch } from "../metrics/generator/machine-watch.ts";
import type { ProcessHealth } from "../metrics/generator/process-health.ts";
import type { ResourceUse } from "../metrics/generator/process-probe.ts";
import { ProcessProbe } from "../metrics/generator/process-probe.ts";
import { LatencyHistogram } from "../metrics/histogram.ts";
import type { EncodedHistogram, Snapshot } from "../metrics/snapshot.ts";
import type { WorkerNotice } from "../supervisor/supervisor.ts";

/** Workers tell twice a second; one that has told nothing for this long is told of, in ms. */
export const SILENT_MS = 3_000;

/** One worker that is there. */
interface Watched {
  boot: number;
  /** When it last told something, in ms after time 0. */
  heardMs: number;
  /** What it has told since the last sample. */
  health: ProcessHealth | undefined;
  /** Its silence has been told. */
  told: boolean;
}

/** Gathers how workers, this process and the machine do, from time 0 on. */
export class GeneratorWatch {
  readonly #clock: () => number;
  readonly #onSilent: (notice: WorkerNotice) => void;
  readonly #delays = new LatencyHistogram();
  readonly #probe: ProcessProbe;
  readonly #machine: MachineWatch;
  readonly #workers = new Map<number, Watched>();

  /**
   * Begins to watch; to be made at time 0.
   *
   * @param given `clock` ms after time 0, monotonic; `resources` of this process; `workers` how many
   *   there are; `onSilent` hears once of one that tells nothing for {@link SILENT_MS} or more
   */
  constructor(given: {
    readonly clock: () => number;
    readonly resources: () => ResourceUse;
    readonly workers: number;
    readonly onSilent: (notice: WorkerNotice) => void;
  }) {
    this.#clock = given.clock;
    this.#onSilent = given.onSilent;
    const onDelay = (ms: number): void => this.#delays.record(ms);
    this.#probe = new ProcessProbe({ ...given, models: [], onDelay });
    this.#machine = new MachineWatch(given.clock);
    for (let worker = 0; worker < given.workers; worker += 1) this.#expect(worker, 1);
  }

  worker({ worker, boot, state }: WorkerNotice): void {
    if (state === "ready") this.#expect(worker, boot);
    else if (state === "lost") this.#workers.delete(worker);
  }

  heard({ worker, health }: Snapshot): void {
    const watched = this.#workers.get(worker);
    if (watched === undefined) return;
    watched.heardMs = this.#clock();
    watched.told = false;
    if (health === undefined) return;
    watched.health = watched.health === undefined ? health : joinHealth(watched.health, health);
  }

  /** What this process's event loop made wait since the last call. */
  takeDelays(): EncodedHistogram {
    const delays = this.#delays.encode();
    this.#delays.reset();
    return delays;
  }

  /** How all did since the last call. */
  take(): GeneratorSample {
    const supervisor = this.#probe.take();
    const machine = this.#machine.take();
    // What workers told while this process stood still is not read yet.
    const nowMs = this.#clock() - supervisor.loopMaxMs;
    const workers = [...this.#workers].map(([worker, watched]) =>
      this.#sample(worker, watched, nowMs),
    );
    return { workers, supervisor, machine };
  }

  /** Watches this process no more; what workers still tell counts. Safe to call twice. */
  stop(): void {
    this.#probe.stop();
  }

  #sample(worker: number, watched: Watched, nowMs: number): WorkerSample {
    const { health } = watched;
    watched.health = undefined;
    if (health !== undefined) return { worker, ...health };
    const silentMs = Math.max(0, Math.round(nowMs - watched.heardMs));
    if (silentMs >= SILENT_MS && !watched.told) {
      watched.told = true;
      const detail = `has told nothing for ${Math.floor(silentMs / 1_000)} s`;
      this.#onSilent({ worker, boot: watched.boot, state: "silent", detail });
    }
    return { worker, silentMs };
  }

  #expect(worker: number, boot: number): void {
    this.#workers.set(worker, { boot, heardMs: this.#clock(), health: undefined, told: false });
  }
}
