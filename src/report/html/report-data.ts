import type { FailureClass } from "../../base/failure.ts";
import type { HistogramName } from "../../metrics/catalog.ts";
import type { DeviceState } from "../../metrics/device-row.ts";
import type { Percentiles } from "../../metrics/percentiles.ts";
import type { FailedDevices } from "../../output/failed-devices.ts";
import type { RunTrouble } from "../../output/run-trouble.ts";
import type { Summary } from "../../output/summary.ts";
import type { FailureNote } from "./failure-notes.ts";
import type { Course } from "./run-course.ts";

/** Latencies of one metric, as a curve over the share of values that lie below. */
export interface PercentileCurve {
  readonly metric: HistogramName;
  /** Values that were measured. */
  readonly count: number;
  /** Ascending; no further than the values go: the 99.9th percentile of ten values is none. */
  readonly points: readonly { readonly percentile: number; readonly ms: number }[];
}

/** What was measured where a label has one value: at a hub, of a model, in a phase. */
export interface SplitRow {
  readonly value: string;
  /** Registrations that ended assigned, connections that came up, messages that were due and acknowledged. */
  readonly assigned: number;
  readonly connected: number;
  readonly sent: number;
  readonly acked: number;
  readonly registrationMs: Percentiles;
  readonly connectionMs: Percentiles;
  readonly telemetryMs: Percentiles;
}

/** A class of failure: what was noted of it, and what it counted for. */
export interface FailureFacts extends FailureNote {
  /** Registrations given up, attempts to connect, messages that could not be handed over. */
  readonly registrations: number;
  readonly connections: number;
  readonly messages: number;
}

/** One of the devices that took longest. */
export interface SlowDevice {
  readonly registrationId: string;
  readonly model: string;
  readonly hub: string;
  readonly state: DeviceState;
  readonly attempts: number;
  readonly registrationMs: number | null;
  readonly connectionMs: number | null;
  readonly errorClass: FailureClass | null;
}

export interface AlertFacts {
  readonly alert: string;
  readonly raised: number;
  readonly devices: number;
  /** At the end. */
  readonly active: number;
}

/** All that `report.html` shows. Everything in it was measured in the run, or is null. */
export interface ReportData {
  readonly summary: Summary;
  readonly exitCode: number;
  /** What kept the run from its end, if anything did. */
  readonly trouble: RunTrouble | undefined;
  readonly course: Course;
  /** Devices of which at least one message was acknowledged. */
  readonly streamed: number;
  /** Devices that were neither connected nor given up when the run ended. */
  readonly underway: number;
  /** What became of devices that did not make it. */
  readonly keptOut: readonly FailedDevices[];
  /** Each latency that has values. */
  readonly latencies: readonly { readonly metric: HistogramName; readonly ms: Percentiles }[];
  readonly curves: readonly PercentileCurve[];
  readonly hubs: readonly SplitRow[];
  readonly models: readonly SplitRow[];
  /** In the order of the plan; empty where it names none. */
  readonly phases: readonly SplitRow[];
  readonly failures: readonly FailureFacts[];
  readonly alerts: readonly AlertFacts[];
  /** How often a fault of the scenario began, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  readonly slowest: {
    readonly registration: readonly SlowDevice[];
    readonly connection: readonly SlowDevice[];
  };
}
