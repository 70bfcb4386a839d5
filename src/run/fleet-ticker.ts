import type { Logger } from "../base/log.ts";
import type { AbortedBy, AbortRule } from "../metrics/abort-watch.ts";
import { AbortWatch } from "../metrics/abort-watch.ts";
import type { Snapshot } from "../metrics/snapshot.ts";
import type { ThresholdView } from "../metrics/thresholds.ts";
import type { MeasuredFacts } from "../results/threshold-view.ts";
import { thresholdView } from "../results/threshold-view.ts";
import type { WorkerNotice } from "../supervisor/supervisor.ts";
import type { FleetView } from "./fleet-view.ts";
import { GeneratorWatch } from "./generator-watch.ts";

/** Between two snapshots of the fleet to the outputs, in ms. */
const TELL_MS = 1_000;

export interface FleetTickerOptions {
  readonly view: FleetView;
  /** Thresholds that end the run. */
  readonly aborts: readonly AbortRule[];
  readonly generator: Omit<ConstructorParameters<typeof GeneratorWatch>[0], "clock" | "onSilent">;
  /** What became of the worker processes so far. */
  readonly workers: () => MeasuredFacts["workers"];
  /** How long messages took to their hub since the last call; undefined where nobody can read that. */
  readonly delays: () => Snapshot["histograms"] | undefined;
  /** ms after time 0. */
  readonly clock: () => number;
  readonly log: Logger;
}

/** What is done once a second of a run: fleet and generator are told, and looked at by thresholds that may end it. */
export class FleetTicker {
  readonly #options: FleetTickerOptions;
  readonly #abort: AbortWatch;
  #generator: GeneratorWatch | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: FleetTickerOptions) {
    this.#options = options;
    this.#abort = new AbortWatch(options.aborts);
  }

  /** The threshold that is to end the run; undefined = none has failed. */
  get aborted(): AbortedBy | undefined {
    return this.#abort.aborted;
  }

  /** Time 0 is there. */
  start(): void {
    const { view, clock, generator } = this.#options;
    this.#generator = new GeneratorWatch({
      ...generator,
      clock,
      onSilent: (notice) => view.worker(notice, Math.round(clock())),
    });
    this.#timer = setInterval(() => {
      this.tell();
      this.#lookForAbort();
    }, TELL_MS);
  }

  /** A worker has told something. */
  heard(snapshot: Snapshot): void {
    this.#generator?.heard(snapshot);
  }

  /** A worker process has changed. */
  worker(notice: WorkerNotice): void {
    this.#generator?.worker(notice);
  }

  /** Safe to call twice. */
  stop(): void {
    clearInterval(this.#timer);
    this.#generator?.stop();
  }

  /** Tells how fleet and generator are now. */
  tell(): void {
    const { view, clock } = this.#options;
    const generator = this.#generator?.take();
    const delays = this.#generator?.takeDelays();
    if (delays !== undefined) {
      view.addTimes("generator_loop_delay_ms", delays, { worker: "supervisor" });
    }
    const delivered = this.#options.delays();
    if (delivered !== undefined) view.addSeries(delivered);
    view.tell(Math.round(clock()), generator);
  }

  #lookForAbort(): void {
    const { aborts, view, workers, clock, log } = this.#options;
    if (aborts.length === 0) return;
    const { aggregate, generator } = view;
    const known = thresholdView({ aggregate, generator, ledger: null, workers: workers() });
    const extra: ThresholdView["extra"] = (metric, labels) =>
      // The ledger comes at the end, but delays are there as soon as they are read.
      metric === "telemetry_delay_ms" ? undefined : known.extra(metric, labels);
    const failed = this.#abort.look(Math.round(clock()), { aggregate, extra });
    if (failed !== undefined) log.info({ ...failed }, "a threshold ends the run");
  }
}
