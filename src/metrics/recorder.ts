import { toMicroseconds } from "../base/units.ts";
import type { DeviceEvent, SavedMessage } from "./device-event.ts";
import type { RecorderSinks } from "./device-recorder.ts";
import { DeviceRecorder } from "./device-recorder.ts";
import type { DeviceRow } from "./device-row.ts";
import type { ProcessHealth } from "./generator/process-health.ts";
import type { Phase } from "./phases.ts";
import type { SeriesPage } from "./series-book.ts";
import { SeriesBook } from "./series-book.ts";
import type { Snapshot } from "./snapshot.ts";

/** What one worker measures between two snapshots. */
export class Recorder {
  readonly #worker: number;
  readonly #boot: number;
  readonly #sinks: RecorderSinks;
  #sequence = 0;
  #devices = new Map<string, DeviceRow>();
  #events: DeviceEvent[] = [];
  #messages: SavedMessage[] = [];

  /** @param options `boot` is the worker's life: 1, and one more at each restart; `clock` gives ms after time 0 */
  constructor(options: {
    readonly worker: number;
    readonly boot: number;
    /** By the time at which they begin. */
    readonly phases: readonly Phase[];
    readonly clock: () => number;
  }) {
    this.#worker = options.worker;
    this.#boot = options.boot;
    this.#sinks = {
      series: new SeriesBook(options.phases),
      clock: options.clock,
      // Times are kept to the microsecond: what a clock's binary fractions add says nothing.
      onEvent: (event) => this.#events.push(exact(event)),
      onMessage: (message) => this.#messages.push(message),
    };
  }

  /** The recorder of one device. @param model the name of its model @param hub host name; absent = not known yet */
  of(model: string, hub?: string): DeviceRecorder {
    return new DeviceRecorder(this.#sinks, model, hub);
  }

  /** The series of the worker's process itself. */
  get ownProcess(): SeriesPage {
    return this.#sinks.series.page({ worker: String(this.#worker) });
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
      ...this.#sinks.series.take(),
      devices: [...this.#devices.values()],
      events: this.#events,
      messages: this.#messages,
      ...(health === undefined ? {} : { health }),
      resources,
    };
    this.#devices = new Map();
    this.#events = [];
    this.#messages = [];
    return snapshot;
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
