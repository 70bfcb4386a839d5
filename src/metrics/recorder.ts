import type { CounterName, HistogramName } from "./catalog.ts";
import type { DeviceEvent, SavedMessage } from "./device-event.ts";
import type { DeviceRow } from "./device-row.ts";
import type { ProcessHealth } from "./generator/process-health.ts";
import { LatencyHistogram } from "./histogram.ts";
import type { Labels } from "./metric-key.ts";
import { metricKey } from "./metric-key.ts";
import type { Snapshot } from "./snapshot.ts";

/** What one worker measures between two snapshots. */
export class Recorder {
  readonly #worker: number;
  readonly #boot: number;
  #sequence = 0;
  #counters = new Map<string, number>();
  #histograms = new Map<string, LatencyHistogram>();
  #devices = new Map<string, DeviceRow>();
  #events: DeviceEvent[] = [];
  #messages: SavedMessage[] = [];

  /** @param options `boot` is the worker's life: 1, and one more at each restart */
  constructor(options: { readonly worker: number; readonly boot: number }) {
    this.#worker = options.worker;
    this.#boot = options.boot;
  }

  /** Adds `by` (finite, >= 0; anything else is dropped) to a counter. */
  count(name: CounterName, by = 1, labels?: Labels): void {
    if (!Number.isFinite(by) || by < 0) return;
    const key = metricKey(name, labels);
    this.#counters.set(key, (this.#counters.get(key) ?? 0) + by);
  }

  /** Records a latency; what is not a finite number is dropped, a negative one counts as 0. */
  observe(name: HistogramName, ms: number, labels?: Labels): void {
    const key = metricKey(name, labels);
    let histogram = this.#histograms.get(key);
    if (histogram === undefined) {
      histogram = new LatencyHistogram();
      this.#histograms.set(key, histogram);
    }
    histogram.record(ms);
  }

  /** Tells a device's new row; it replaces the one that is not sent yet. */
  device(row: DeviceRow): void {
    const { registrationMs, connectionMs } = row;
    this.#devices.set(row.registrationId, {
      ...row,
      registrationMs: registrationMs === null ? null : toMicroseconds(registrationMs),
      connectionMs: connectionMs === null ? null : toMicroseconds(connectionMs),
    });
  }

  /** Times are kept to the microsecond: what a clock's binary fractions add says nothing. */
  event(event: DeviceEvent): void {
    this.#events.push(exact(event));
  }

  message(message: SavedMessage): void {
    this.#messages.push(message);
  }

  /**
   * Everything since the last call, and begins anew.
   *
   * @param resources CPU seconds that the process has used since its start (not a delta), and its resident bytes now
   * @param health how the process did since the last call
   */
  take(resources: Snapshot["resources"], health?: ProcessHealth): Snapshot {
    this.#sequence += 1;
    const snapshot: Snapshot = {
      worker: this.#worker,
      boot: this.#boot,
      sequence: this.#sequence,
      counters: Object.fromEntries(this.#counters),
      histograms: this.#takeHistograms(),
      devices: [...this.#devices.values()],
      events: this.#events,
      messages: this.#messages,
      ...(health === undefined ? {} : { health }),
      resources,
    };
    this.#counters = new Map();
    this.#devices = new Map();
    this.#events = [];
    this.#messages = [];
    return snapshot;
  }

  /** Histograms are emptied, not dropped: their buckets are large. */
  #takeHistograms(): Snapshot["histograms"] {
    const encoded: Record<string, ReturnType<LatencyHistogram["encode"]>> = {};
    for (const [key, histogram] of this.#histograms) {
      if (histogram.count === 0) continue;
      encoded[key] = histogram.encode();
      histogram.reset();
    }
    return encoded;
  }
}

function exact(event: DeviceEvent): DeviceEvent {
  const t = toMicroseconds(event.t);
  if (!("ms" in event)) return { ...event, t };
  const ms = toMicroseconds(event.ms);
  if (!("phases" in event)) return { ...event, t, ms };
  const phases = Object.entries(event.phases).map(([name, phaseMs]) => [
    name,
    toMicroseconds(phaseMs),
  ]);
  return { ...event, t, ms, phases: Object.fromEntries(phases) };
}

function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
