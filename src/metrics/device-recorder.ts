import type { CounterName, HistogramName } from "./catalog.ts";
import type { DeviceEvent, SavedMessage } from "./device-event.ts";
import type { Labels } from "./metric-key.ts";
import type { SeriesBook, SeriesPage } from "./series-book.ts";

/** Where the measurements of all devices of a process go. */
export interface RecorderSinks {
  readonly series: SeriesBook;
  /** ms after time 0. */
  readonly clock: () => number;
  readonly onEvent: (event: DeviceEvent) => void;
  readonly onMessage: (message: SavedMessage) => void;
}

/** What one device measures; its model, its hub and the phase of the run are put to it. */
export class DeviceRecorder {
  readonly #sinks: RecorderSinks;
  readonly #model: string;
  #page: SeriesPage;

  /** @param hub absent = the device has none yet */
  constructor(sinks: RecorderSinks, model: string, hub?: string) {
    this.#sinks = sinks;
    this.#model = model;
    this.#page = sinks.series.page(hub === undefined ? { model } : { model, hub });
  }

  /** The device goes to this hub: what it measures from now on is that hub's too. @param hub host name */
  goesTo(hub: string): void {
    this.#page = this.#sinks.series.page({ model: this.#model, hub });
  }

  /** A recorder of the same device for what belongs to another hub than the one that it is at. */
  at(hub: string): DeviceRecorder {
    return new DeviceRecorder(this.#sinks, this.#model, hub);
  }

  /**
   * Adds `by` (finite, >= 0; anything else is dropped) to a counter, in the phase that it is now.
   *
   * @param labels of the metric itself: class, alert, kind
   */
  count(name: CounterName, by = 1, labels?: Labels): void {
    if (!Number.isFinite(by) || by < 0) return;
    this.#page.count(name, by, this.#sinks.clock(), labels);
  }

  /**
   * Records a latency in the phase in which the work was due; what is not a finite number is dropped, a negative one
   * counts as 0.
   *
   * @param dueMs ms after time 0
   */
  observe(name: HistogramName, ms: number, dueMs: number): void {
    this.#page.observe(name, ms, dueMs);
  }

  event(event: DeviceEvent): void {
    this.#sinks.onEvent(event);
  }

  message(message: SavedMessage): void {
    this.#sinks.onMessage(message);
  }
}
