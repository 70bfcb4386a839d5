import type { CounterReading } from "./counter.ts";
import type { DPS_METRICS } from "./dps-catalogue.ts";
import type { HUB_COUNTERS, HUB_MEASURES, HUB_SERIES, HUB_SNAPSHOTS } from "./hub-catalogue.ts";
import type { MeasureReading } from "./measure.ts";
import type { MetricDefinition } from "./metric-definition.ts";

/** What there is now. */
export interface SnapshotReading {
  readonly unit: MetricDefinition["unit"];
  readonly current: number;
}

/** What a metric is where its dimensions have these values. */
export type Part<R, D extends string = string> = R & {
  readonly dimensions: Readonly<Record<D, string>>;
};

/** The whole of a metric, and its parts; a part that has nothing is not there. */
export type Parted<R, D extends string = string> = R & { readonly series: readonly Part<R, D>[] };

type SeriesReading<M extends MetricDefinition> = Parted<
  M["aggregation"] extends "Total" ? CounterReading : MeasureReading,
  M["dimensions"][number]
>;

type Each<C, R> = { readonly [N in keyof C]: R };

/** All metrics of a hub by their REST names. */
export type HubReadings = Each<typeof HUB_COUNTERS, CounterReading> &
  Each<typeof HUB_MEASURES, MeasureReading> &
  Each<typeof HUB_SNAPSHOTS, SnapshotReading> & {
    readonly [N in keyof typeof HUB_SERIES]: SeriesReading<(typeof HUB_SERIES)[N]>;
  };

/** All metrics of a DPS instance by their REST names. */
export type DpsReadings = {
  readonly [N in keyof typeof DPS_METRICS]: SeriesReading<(typeof DPS_METRICS)[N]>;
};

/** Any reading; which one, its members tell. */
export type Reading =
  | CounterReading
  | MeasureReading
  | SnapshotReading
  | Parted<CounterReading>
  | Parted<MeasureReading>;

/** What Azure Monitor would know of an emulator, from its start until now. */
export interface EmulatorMetrics {
  /** When counting began, in ISO 8601. */
  readonly since: string;
  /** When this was read. */
  readonly time: string;
  /** By host name. */
  readonly hubs: Readonly<Record<string, HubReadings>>;
  /** By the host name of the instance itself. */
  readonly provisioningServices: Readonly<Record<string, DpsReadings>>;
}
