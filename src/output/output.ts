import type { DeviceEvent } from "../metrics/device-event.ts";
import type { DeviceState } from "../metrics/device-row.ts";
import type { EncodedHistogram } from "../metrics/snapshot.ts";
import type { Summary } from "./summary.ts";

/** What one event stream tells every output: screen, page, `run.ndjson`, replay and report read the same. */
export type RunEvent =
  | {
      readonly type: "plan";
      readonly t: number;
      readonly runId: string;
      readonly scenario: string;
      readonly seed: number;
      readonly target: "emulator" | "azure";
      readonly startedAt: string;
      readonly devices: number;
      readonly arrivalEndMs: number;
      readonly durationMs: number | null;
      /** Seconds of the devices' own time for each second of their intervals. */
      readonly timeScale: number;
      readonly workers: number;
      readonly thresholds: readonly string[];
    }
  | {
      readonly type: "enrollment";
      readonly t: number;
      /** Host name of the DPS instance; null where the run had no access to its service. */
      readonly dps: string | null;
      readonly group: string;
      /** `unchecked`: without access, whoever runs it has made the group. */
      readonly done: "created" | "kept" | "unchecked";
      /** Whether the services were an emulator that ended with the run, and all that was made there with it. */
      readonly ownEmulator: boolean;
    }
  | {
      readonly type: "individualEnrollments";
      readonly t: number;
      /** Host name of the DPS instance. */
      readonly dps: string;
      /** Registration ids of those that the run made. */
      readonly created: readonly string[];
      /** How many were there before. */
      readonly kept: number;
      /** As in `enrollment`. */
      readonly ownEmulator: boolean;
    }
  | DeviceEvent
  | {
      readonly type: "action";
      readonly t: number;
      readonly at: string;
      readonly state: "patching" | "patched" | "failed" | "notDue";
      readonly selected: number;
      readonly patched: number;
      readonly desired: Readonly<Record<string, unknown>>;
      readonly error?: string | undefined;
    }
  | {
      readonly type: "worker";
      readonly t: number;
      readonly worker: number;
      readonly boot: number;
      readonly state: "started" | "ready" | "lost" | "restarting" | "stopped";
      readonly detail?: string | undefined;
    }
  | {
      readonly type: "snapshot";
      readonly t: number;
      readonly states: Readonly<Record<DeviceState, number>>;
      readonly byHub: Readonly<Record<string, number>>;
      /** Totals since the start. */
      readonly counters: Readonly<Record<string, number>>;
      /** Merged since the start. */
      readonly histograms: Readonly<Record<string, EncodedHistogram>>;
    }
  | { readonly type: "summary"; readonly t: number; readonly summary: Summary };

/** A listener of the run; it must not block. */
export interface Output {
  emit(event: RunEvent): void;
  /** Resolves when everything is written; safe to call twice. */
  close(): Promise<void>;
}
