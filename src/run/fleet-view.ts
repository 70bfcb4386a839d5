import { Aggregate } from "../metrics/aggregate.ts";
import { HistogramSet } from "../metrics/histogram-set.ts";
import type { CounterName, HistogramName } from "../metrics/catalog.ts";
import { isToBeAdmitted } from "../metrics/device-outcome.ts";
import type { DeviceEvent, SavedMessage } from "../metrics/device-event.ts";
import type { PlannedDevice } from "../metrics/device-row.ts";
import { isOff } from "../metrics/device-row.ts";
import { GeneratorRecord } from "../metrics/generator/generator-record.ts";
import type { GeneratorSample } from "../metrics/generator/generator-sample.ts";
import type { Labels } from "../metrics/metric-key.ts";
import { metricKey } from "../metrics/metric-key.ts";
import type { Phase } from "../metrics/phases.ts";
import { SecondNews } from "../metrics/second-counts.ts";
import { SeriesBook } from "../metrics/series-book.ts";
import type { EncodedHistogram, Snapshot } from "../metrics/snapshot.ts";
import type { RunEvent } from "../output/output.ts";
import type { PastRun } from "./resume/past-run.ts";
import { restoreAggregate } from "./resume/past-run.ts";
import type { WorkerNotice } from "../supervisor/supervisor.ts";

/** The snapshot of times that no worker measured: those of the timeline and of this process. No worker has this number. */
const RUN_ITSELF = -1;

/** What all outputs see: merges what workers tell and passes it on as run events. */
export class FleetView {
  readonly aggregate: Aggregate;
  readonly generator: GeneratorRecord;
  /** What was measured since the last telling. */
  readonly #news = new HistogramSet();
  readonly #newSeconds = new SecondNews();
  readonly #emit: (event: RunEvent) => void;
  readonly #onDeviceEvent: (event: DeviceEvent) => void;
  readonly #onMessages: (messages: readonly SavedMessage[]) => void;
  /** What the run itself measures of devices: no worker does. */
  readonly #own: SeriesBook;
  #ownSnapshots = 0;

  constructor(options: {
    readonly devices: readonly PlannedDevice[];
    /** What it goes on with; absent = nothing. */
    readonly past?: PastRun | undefined;
    readonly phases: readonly Phase[];
    readonly emit: (event: RunEvent) => void;
    readonly onDeviceEvent: (event: DeviceEvent) => void;
    readonly onMessages: (messages: readonly SavedMessage[]) => void;
  }) {
    const { past, devices } = options;
    this.aggregate = new Aggregate(devices);
    this.generator = past?.record.generator ?? new GeneratorRecord();
    if (past !== undefined) restoreAggregate(this.aggregate, past, devices);
    this.#own = new SeriesBook(options.phases);
    this.#emit = options.emit;
    this.#onDeviceEvent = options.onDeviceEvent;
    this.#onMessages = options.onMessages;
  }

  /** Takes what one worker measured since it last told. */
  snapshot(snapshot: Snapshot): void {
    this.#add(snapshot);
    for (const event of snapshot.events) {
      this.#onDeviceEvent(event);
      this.#emit(event);
    }
    if (snapshot.messages.length > 0) this.#onMessages(snapshot.messages);
  }

  /** @param t ms after time 0 */
  worker(notice: WorkerNotice, t: number): void {
    this.#emit({ type: "worker", t, ...notice });
    if (notice.state === "lost") this.lost(notice.worker, t);
  }

  /** The devices of a worker are nobody's until its next boot tells of them. @param t ms after time 0 */
  lost(worker: number, t: number): void {
    this.aggregate.markLost(worker);
    for (const event of this.aggregate.clearAlerts(worker, t)) this.#emit(event);
  }

  /** Adds times that the run measured itself. */
  addTimes(name: HistogramName, times: EncodedHistogram, labels?: Labels): void {
    if (times.count > 0) this.addSeries({ [metricKey(name, labels)]: times });
  }

  /**
   * Adds a time that the run itself measured at one device; it is told with the next telling.
   *
   * @param labels beside those of the device @param dueMs when the work was due, ms after time 0
   */
  observe(
    registrationId: string,
    name: HistogramName,
    ms: number,
    { dueMs, labels }: { readonly dueMs: number; readonly labels: Labels },
  ): void {
    const row = this.aggregate.row(registrationId);
    if (row === undefined) return;
    const { model, hub } = row;
    this.#own.page({ model, ...(hub === "" ? {} : { hub }), ...labels }).observe(name, ms, dueMs);
  }

  /** Counts what the run itself found at a device; it is told with the next telling. @param t when, ms after time 0 */
  count(name: CounterName, registrationId: string, t: number): void {
    const row = this.aggregate.row(registrationId);
    if (row === undefined) return;
    const { model, hub } = row;
    this.#own.page({ model, ...(hub === "" ? {} : { hub }) }).count(name, 1, t);
  }

  /** Tells the whole fleet as it is now, and what was measured since the last time. */
  tell(t: number, generator?: GeneratorSample): void {
    this.#addOwn(this.#own.take());
    if (generator !== undefined) this.generator.add(generator, t);
    const perSecond = this.#newSeconds.take();
    this.#emit({
      type: "snapshot",
      t,
      states: this.aggregate.states(),
      byHub: this.aggregate.byHub(),
      counters: this.aggregate.counters(),
      histograms: this.#news.take(),
      ...(perSecond === undefined ? {} : { perSecond }),
      ...(generator === undefined ? {} : { generator }),
    });
  }

  /** Adds what the run itself measured, by the keys of its series. */
  addSeries(histograms: Snapshot["histograms"]): void {
    this.#addOwn({ counters: {}, histograms });
  }

  #addOwn({ counters, histograms }: Pick<Snapshot, "counters" | "histograms">): void {
    if (Object.keys(histograms).length + Object.keys(counters).length === 0) return;
    this.#ownSnapshots += 1;
    this.#add({
      worker: RUN_ITSELF,
      boot: 1,
      sequence: this.#ownSnapshots,
      counters,
      histograms,
      devices: [],
      events: [],
      messages: [],
      resources: { cpuS: 0, rssBytes: 0 },
    });
  }

  #add(snapshot: Snapshot): void {
    // A snapshot that came before counts once here as in the aggregate.
    if (!this.aggregate.add(snapshot)) return;
    this.#news.add(snapshot.histograms);
    if (snapshot.perSecond !== undefined) this.#newSeconds.merge(snapshot.perSecond);
  }

  /** Whether some device has neither been connected nor failed for good yet, nor was stopped before. */
  get isArriving(): boolean {
    for (const device of this.aggregate.progress()) {
      if (!device.wasConnected && !isOff(device.state)) return true;
    }
    return false;
  }

  /** Whether every device that is to be let in has been connected, but for those that failed for good or were stopped before. */
  get allConnected(): boolean {
    let awaited = 0;
    // Asked with every word of a worker while an action waits for it.
    for (const device of this.aggregate.progress()) {
      if (!isToBeAdmitted(device) || isOff(device.state)) continue;
      if (!device.wasConnected) return false;
      awaited += 1;
    }
    return awaited > 0;
  }

  /** Whether every device has given up for good; one that the run stopped has not. */
  get allFailed(): boolean {
    // By the states alone: this is asked several times a second, and whole rows cost forty times as much.
    const { failed, ...others } = this.aggregate.states();
    return failed > 0 && Object.values(others).every((count) => count === 0);
  }
}
