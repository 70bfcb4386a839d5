import type { DeviceEvent, SavedMessage } from "./device-event.ts";
import type { DeviceRow } from "./device-row.ts";
import type { ProcessHealth } from "./generator/process-health.ts";
import type { PerSecond } from "./second-counts.ts";

/** A histogram's delta as it crosses processes. Min, max and sum are exact: the encoding rounds them to bucket edges. */
export interface EncodedHistogram {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  /** HDR histogram, compressed, base64. */
  readonly data: string;
}

/**
 * What one worker measured since its last snapshot. Deltas, so that merging is order-free and a lost worker
 * loses only what it had not told yet. Keys are catalogue names with sorted labels: `telemetry_failed{class:offline}`.
 */
export interface Snapshot {
  readonly worker: number;
  readonly boot: number;
  /** 1, 2, 3 … within (worker, boot); a gap means a lost snapshot. */
  readonly sequence: number;
  readonly counters: Readonly<Record<string, number>>;
  readonly histograms: Readonly<Record<string, EncodedHistogram>>;
  /** Counts by the second, of the counters that have such; absent = none. */
  readonly perSecond?: PerSecond | undefined;
  /** Rows of the devices that changed. */
  readonly devices: readonly DeviceRow[];
  readonly events: readonly DeviceEvent[];
  /** Only when messages are saved. */
  readonly messages: readonly SavedMessage[];
  /** How the worker's process did since its last snapshot; absent where nobody watched it. */
  readonly health?: ProcessHealth | undefined;
  readonly resources: { readonly cpuS: number; readonly rssBytes: number };
}
