import { AlertBook } from "./alert-book.ts";
import type { DeviceEvent } from "./device-event.ts";
import type { CounterName, HistogramName } from "./catalog.ts";
import type { DeviceMetric } from "./device-counts.ts";
import { COUNTED_DEVICES } from "./device-counts.ts";
import type { DeviceProgress } from "./device-history.ts";
import { DeviceHistory } from "./device-history.ts";
import type { DeviceRow, DeviceState, PlannedDevice, SeqRanges } from "./device-row.ts";
import { NO_DEVICES } from "./device-row.ts";
import type { LatencyHistogram } from "./histogram.ts";
import { HistogramSet } from "./histogram-set.ts";
import type { Labels } from "./metric-key.ts";
import type { Percentiles } from "./percentiles.ts";
import { SecondCounts } from "./second-counts.ts";
import { SeqSet } from "./seq-ranges.ts";
import type { Labelled } from "./series-map.ts";
import { SeriesMap } from "./series-map.ts";
import type { Snapshot } from "./snapshot.ts";

/** What a device in one of its boots told of its messages; a ledger compares it with what the hub ingested. */
export interface ToldMessages {
  readonly deviceId: string;
  readonly boot: number;
  /** Number of the first; absent = 1. */
  readonly first?: number | undefined;
  /** How many, by numbers without gaps. */
  readonly sent: number;
  readonly acked: SeqRanges;
  /** None of them is acknowledged as well. */
  readonly failed: SeqRanges;
}

type AlertEvent = DeviceEvent & { readonly type: "alert" };

/** The whole fleet, merged from the snapshots of all workers in any order; a snapshot that comes twice counts once. */
export class Aggregate {
  readonly #alerts = new AlertBook();
  readonly #devices: ReadonlyMap<string, DeviceHistory>;
  readonly #counters = new SeriesMap<number>();
  readonly #seconds = new SeriesMap<SecondCounts>();
  readonly #histograms = new HistogramSet();
  /** Of each (worker, boot). */
  readonly #lives = new Map<string, { worker: number; seen: SeqSet; cpuS: number; rss: number }>();

  /** @param devices the plan's devices, in the order in which `rows` gives them */
  constructor(devices: readonly PlannedDevice[]) {
    this.#devices = new Map(
      devices.map((device) => [device.registrationId, new DeviceHistory(device)]),
    );
  }

  /**
   * Merges a snapshot; rows of devices that are not planned are left out.
   *
   * @returns false if it was merged before, and nothing has changed
   */
  add(snapshot: Snapshot): boolean {
    if (!this.#noteLife(snapshot)) return false;
    for (const [key, by] of Object.entries(snapshot.counters)) {
      this.#counters.set(key, (this.#counters.get(key) ?? 0) + by);
    }
    for (const [key, seconds] of Object.entries(snapshot.perSecond ?? {})) {
      const counts = this.#seconds.get(key) ?? new SecondCounts();
      this.#seconds.set(key, counts);
      for (const [second, by] of Object.entries(seconds)) counts.add(Number(second), by);
    }
    this.#histograms.add(snapshot.histograms);
    for (const row of snapshot.devices) {
      this.#devices.get(row.registrationId)?.add(row, snapshot.sequence);
    }
    for (const event of snapshot.events) if (event.type === "alert") this.#alerts.observe(event);
    return true;
  }

  get alerts(): AlertBook {
    return this.#alerts;
  }

  /** Devices of a worker that died are `waiting` or, if they were connected, `reconnecting`, until its next boot tells of them. */
  markLost(worker: number): void {
    for (const device of this.#devices.values()) device.markLost(worker);
  }

  /**
   * What watched the devices of a worker died with it: their alerts are off until its next boot raises them again.
   *
   * @returns what went off, `t` ms after time 0
   */
  clearAlerts(worker: number, t: number): readonly AlertEvent[] {
    const ids = new Set(
      this.rows().flatMap((row) => (row.worker === worker ? [row.deviceId] : [])),
    );
    const events = this.#alerts
      .at(ids)
      .map((which): AlertEvent => ({ type: "alert", t, ...which, state: "cleared" }));
    for (const event of events) this.#alerts.observe(event);
    return events;
  }

  /** @param labels absent = the sum over all */
  counter(name: CounterName, labels?: Labels): number {
    return this.#counters.select(name, labels).reduce((sum, { value }) => sum + value, 0);
  }

  /** The most that a counter which is counted by the second got within one. @param labels absent = over all */
  peak(name: CounterName, labels?: Labels): number {
    return SecondCounts.peakOf(this.#seconds.select(name, labels).map(({ value }) => value));
  }

  /** A counter split by one of its labels. */
  labelled(name: CounterName, label: string): Record<string, number> {
    const split = new Map<string, number>();
    for (const { labels, value } of this.#counters.select(name)) {
      const of = labels[label];
      if (of !== undefined) split.set(of, (split.get(of) ?? 0) + value);
    }
    return Object.fromEntries(split);
  }

  /** A counter by the sets of labels that it was counted with. */
  counterSeries(name: CounterName): readonly Labelled<number>[] {
    return this.#counters.select(name);
  }

  /** A histogram by the sets of labels that it was recorded with; nobody may record into one. */
  histogramSeries(name: HistogramName): readonly Labelled<LatencyHistogram>[] {
    return this.#histograms.select(name);
  }

  /** @param labels absent = merged over all */
  percentiles(name: HistogramName, labels?: Labels): Percentiles {
    return this.#histograms.merged(name, labels).percentiles();
  }

  /** Any percentile, 0 to 100, in ms; null without a sample. */
  percentile(name: HistogramName, percentile: number, labels?: Labels): number | null {
    return this.#histograms.merged(name, labels).valueAt(percentile);
  }

  /** All counters by key, as `run.ndjson` has them. */
  counters(): Record<string, number> {
    return Object.fromEntries(this.#counters.entries());
  }

  /** One row per planned device, summed over the lives of its worker; devices never heard of are `waiting`. */
  rows(): readonly DeviceRow[] {
    return [...this.#devices.values()].map((device) => device.row());
  }

  /** One device's row; undefined for one that was not planned. */
  row(registrationId: string): DeviceRow | undefined {
    return this.#devices.get(registrationId)?.row();
  }

  /** Where a device belongs; undefined before it is assigned, and for one that was not planned. */
  assignmentOf(
    registrationId: string,
  ): { readonly hub: string; readonly deviceId: string } | undefined {
    return this.#devices.get(registrationId)?.assignment();
  }

  /** One device's state, which costs less than its row; undefined for one that was not planned. */
  state(registrationId: string): DeviceState | undefined {
    return this.#devices.get(registrationId)?.state();
  }

  /** What each device that was assigned told of its messages, in each of its boots. */
  *told(): Generator<ToldMessages> {
    for (const device of this.#devices.values()) {
      for (const row of device.boots()) {
        const { deviceId, boot, firstSeq: first, sent, ackedSeqs: acked, failedSeqs: failed } = row;
        if (deviceId !== "") yield { deviceId, boot, first, sent, acked, failed };
      }
    }
  }

  /** How far each device is, in what is cheap to ask of thousands of them again and again. */
  *progress(): Generator<DeviceProgress> {
    for (const device of this.#devices.values()) yield device.progress();
  }

  states(): Record<DeviceState, number> {
    const counts = { ...NO_DEVICES };
    for (const device of this.#devices.values()) counts[device.state()] += 1;
    return counts;
  }

  /** Devices by the hub that they are assigned to. */
  byHub(): Record<string, number> {
    const hubs = new Map<string, number>();
    for (const { hub } of this.rows()) {
      if (hub !== "") hubs.set(hub, (hubs.get(hub) ?? 0) + 1);
    }
    return Object.fromEntries(hubs);
  }

  /** Distinct devices that a derived metric counts. @param labels `class` = that of the device's last failure */
  devices(metric: DeviceMetric, labels: Labels = {}): number {
    const counts = COUNTED_DEVICES[metric];
    const { class: errorClass } = labels;
    return this.#rowsOf(labels).filter(
      (row) => counts(row) && (errorClass === undefined || row.errorClass === errorClass),
    ).length;
  }

  /** Distinct devices as they are, whatever was expected of them: assigned and connected at least once, failed for good. */
  totals(): { planned: number; assigned: number; connected: number; failed: number } {
    const rows = this.rows();
    return {
      planned: rows.length,
      assigned: rows.filter((row) => row.wasAssigned).length,
      connected: rows.filter((row) => row.wasConnected).length,
      failed: rows.filter((row) => row.state === "failed").length,
    };
  }

  /** How many devices with these labels have the alert now. @param alert absent = the sum over all alerts */
  alertsActive(alert: string | undefined, labels: Labels): number {
    return this.#alerts.active(alert, this.idsOf(labels));
  }

  /** How many distinct devices with these labels have had the alert. @param alert absent = any */
  devicesAlerted(alert: string | undefined, labels: Labels): number {
    return this.#alerts.devices(alert, this.idsOf(labels));
  }

  /** CPU of every life of every worker; the sum of each worker's highest resident size. */
  resources(): { cpuS: number; peakRssBytes: number } {
    let cpuS = 0;
    const peaks = new Map<number, number>();
    for (const life of this.#lives.values()) {
      cpuS += life.cpuS;
      peaks.set(life.worker, Math.max(peaks.get(life.worker) ?? 0, life.rss));
    }
    return { cpuS, peakRssBytes: [...peaks.values()].reduce((sum, rss) => sum + rss, 0) };
  }

  /** @returns false if this snapshot was merged before */
  #noteLife({ worker, boot, sequence, resources }: Snapshot): boolean {
    const key = `${worker}/${boot}`;
    const life = this.#lives.get(key) ?? { worker, seen: new SeqSet(), cpuS: 0, rss: 0 };
    this.#lives.set(key, life);
    if (life.seen.has(sequence)) return false;
    life.seen.add(sequence);
    life.cpuS = Math.max(life.cpuS, resources.cpuS);
    life.rss = Math.max(life.rss, resources.rssBytes);
    return true;
  }

  /** Of the hub and the model that `labels` name, if they do. */
  #rowsOf({ hub, model }: Labels): readonly DeviceRow[] {
    return this.rows().filter(
      (row) =>
        (hub === undefined || row.hub === hub) && (model === undefined || row.model === model),
    );
  }

  /** Device ids of the hub and the model that `labels` name; undefined = all, where they name neither. */
  idsOf(labels: Labels): ReadonlySet<string> | undefined {
    if (labels["hub"] === undefined && labels["model"] === undefined) return undefined;
    return new Set(this.#rowsOf(labels).map(({ deviceId }) => deviceId));
  }
}
