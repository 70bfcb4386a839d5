import type { PlannedDevice } from "../metrics/device-row.ts";
import type { Phase } from "../metrics/phases.ts";
import type { SeriesPage } from "../metrics/series-book.ts";
import { SeriesBook } from "../metrics/series-book.ts";
import type { Snapshot } from "../metrics/snapshot.ts";
import type { IngestedMessage } from "../service/ingestion-reader.ts";

/**
 * How long messages took from the moment at which they were due, as they say it themselves, to their hub's taking them.
 * Two clocks are compared, the worker's and the hub's: those of one machine are one, those of Azure are not.
 */
export class DeliveryDelays {
  readonly #models: ReadonlyMap<string, string>;
  readonly #series: SeriesBook;
  /** By hub, then by model. */
  readonly #pages = new Map<string, Map<string, SeriesPage>>();

  /** @param devices the run's; of one that DPS gave another id nothing is measured, for nobody knows its model here */
  constructor(devices: readonly PlannedDevice[], phases: readonly Phase[]) {
    this.#models = new Map(devices.map(({ registrationId, model }) => [registrationId, model]));
    this.#series = new SeriesBook(phases);
  }

  /**
   * Takes a message that came for the first time. One that does not say when it was made is passed over; one that was
   * made after it was taken, by clocks that differ, counts as 0.
   *
   * @param timeZeroMs time 0 of the run, ms since 1970
   */
  record({ hub, deviceId, enqueuedMs, createdMs }: IngestedMessage, timeZeroMs: number): void {
    const model = this.#models.get(deviceId);
    if (model === undefined || createdMs === null) return;
    const delayMs = enqueuedMs - createdMs;
    this.#pageOf(hub, model).observe("telemetry_delay_ms", delayMs, createdMs - timeZeroMs);
  }

  /** What was measured since the last call. */
  take(): Snapshot["histograms"] {
    return this.#series.take().histograms;
  }

  #pageOf(hub: string, model: string): SeriesPage {
    const ofHub = this.#pages.get(hub) ?? new Map<string, SeriesPage>();
    this.#pages.set(hub, ofHub);
    const page = ofHub.get(model) ?? this.#series.page({ hub, model });
    ofHub.set(model, page);
    return page;
  }
}
