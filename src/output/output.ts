import type { FleetError } from "../base/errors.ts";
import type { JsonObject } from "../base/json.ts";
import type { AbortedBy } from "../metrics/abort-watch.ts";
import type { DeviceEvent } from "../metrics/device-event.ts";
import type { DeviceRow, DeviceState, PlannedDevice } from "../metrics/device-row.ts";
import type { GeneratorSample } from "../metrics/generator/generator-sample.ts";
import type { Phase } from "../metrics/phases.ts";
import type { PerSecond } from "../metrics/second-counts.ts";
import type { EncodedHistogram } from "../metrics/snapshot.ts";
import type { DivergenceEvent, OracleEvent } from "./divergence.ts";
import type { LedgerResult } from "./ledger.ts";
import type { TwinActionResult } from "./twin-summary.ts";
import type { ControlResult, Summary } from "./summary.ts";

/** The rate at which an adaptive arrival starts devices has changed. */
export interface ArrivalEvent {
  readonly type: "arrival";
  readonly t: number;
  /**
   * `begin`: the first; `raise`: nothing pushes back; `throttled`: a service refused devices (429, 5xx); `latency`: one
   * has become slow; `refine`: more was heard of that; `asked`: somebody set it, and services decide no more;
   * `complete`: the last device was started.
   */
  readonly reason: "begin" | "raise" | "throttled" | "latency" | "refine" | "asked" | "complete";
  /** Devices a second from now on, and until now, at most: whole devices may leave room for fewer. */
  readonly ratePerS: number;
  readonly beforePerS: number;
  /** Devices that were started by then. */
  readonly started: number;
}

/** The way in which somebody steers a run: the command `ctl`. */
export type ControlSource = ControlResult["by"];

/** Somebody asked for something while the run went on; what only asked how it is going is not told. */
export interface ControlEvent {
  readonly type: "control";
  readonly t: number;
  /** The way that they took. */
  readonly by: ControlSource;
  /** As it was sent: what to `do`, and its parameters. */
  readonly request: JsonObject;
  /** unchanged: it was so already. */
  readonly outcome: "done" | "unchanged" | "refused";
  /** Why it was refused. */
  readonly error?: string | undefined;
}

/** A service answered a call that the timeline made for one device. */
interface TimelineCall {
  /** When the service answered, `ms` after it was asked. */
  readonly t: number;
  readonly ms: number;
  readonly deviceId: string;
  /** How long the pace of the calls held it back before it was asked, ms: that is no latency. */
  readonly waitedMs: number;
  /** As in `action`. */
  readonly action: number;
  readonly round: number;
}

/** The service changed the desired properties of one device; a twin action's time counts from when it was asked. */
export interface TwinPatchEvent extends TimelineCall {
  readonly type: "twinPatch";
  readonly at: string;
  /** `$version` of the desired properties since then. */
  readonly version: number;
}

/** A device answered a direct method. */
export interface MethodCallEvent extends TimelineCall {
  readonly type: "methodCall";
  /** Of the method. */
  readonly name: string;
  /** The device's own. */
  readonly status: number;
}

/** What devices answered to the calls of an action. */
export interface ActionCalls {
  /** How many, by class of status: `2xx`. */
  readonly answers: Readonly<Record<string, number>>;
  /** From the call to the answer. */
  readonly times: EncodedHistogram;
}

/** An action of the timeline begins one of its rounds, ends it, or does not come before the end. */
export interface ActionEvent {
  readonly type: "action";
  readonly t: number;
  /** Its position in the scenario's timeline, from 0. */
  readonly action: number;
  /** As the scenario calls it; absent = it has no name. */
  readonly name?: string | undefined;
  /** `twin`, `mark`, …: the member of the entry that says what is done. */
  readonly kind: string;
  /** When it is due, as written: `12s`, `connected + 5s`. */
  readonly at: string;
  readonly state: "begun" | "ended" | "notDue";
  /** From 1; 0 where none came. */
  readonly round: number;
  readonly rounds: number;
  /** Devices. */
  readonly selected: number;
  /** Those that it was done to, once it has ended. */
  readonly done: number;
  /** Those, or the things, that it could not be done to. */
  readonly failed: number;
  /** What is done, by kind: the desired properties, the fault, the text. */
  readonly what: JsonObject;
  /** Why it failed at first. */
  readonly error?: string | undefined;
  /** Of a `method` that has ended. */
  readonly calls?: ActionCalls | undefined;
}

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
      /** null = the services decide, and `arrival` events tell. */
      readonly arrivalEndMs: number | null;
      readonly durationMs: number | null;
      /** Seconds of the devices' own time for each second of their intervals. */
      readonly timeScale: number;
      readonly workers: number;
      /** Named spans of the run, by the time at which they begin. */
      readonly phases: readonly Phase[];
      readonly thresholds: readonly string[];
      /** Of the program. */
      readonly version: string;
      /** Whether what makes figures less than what was asked for fails the run. */
      readonly strict: boolean;
      /** Whether devices ask DPS for their hub, or brought it along. */
      readonly asksDps: boolean;
      /** The part of a plan that this run does; null = all of it. */
      readonly shard: { readonly index: number; readonly of: number } | null;
      /** The same for all parts of one plan, and for no other plan. */
      readonly planFingerprint: string;
      /** Of which parts a merged record is; null = of a run. */
      readonly merged: Summary["run"]["merged"];
    }
  | {
      /** What is run; nothing in it is secret. */
      readonly type: "configuration";
      readonly t: number;
      /** With all overrides and defaults. */
      readonly scenario: JsonObject;
      /** What the command line or the environment said in the scenario's place, by name. */
      readonly overrides: JsonObject;
    }
  | {
      /** The devices of the plan, in its order; several events where there are many. */
      readonly type: "fleet";
      readonly t: number;
      readonly devices: readonly PlannedDevice[];
    }
  | {
      /** Time 0 is known: devices start when they are due. */
      readonly type: "begin";
      readonly t: number;
      /** Time 0 (ISO). */
      readonly at: string;
    }
  | {
      /** A run whose supervisor was gone goes on; what was told of its end before counts no more. */
      readonly type: "resume";
      /** Goes on from where it stood. */
      readonly t: number;
      /** When (ISO). */
      readonly at: string;
      /** Of its workers from now on. */
      readonly boot: number;
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
  | ArrivalEvent
  | ControlEvent
  | DeviceEvent
  | ActionEvent
  | TwinPatchEvent
  | MethodCallEvent
  | DivergenceEvent
  | OracleEvent
  | {
      readonly type: "worker";
      readonly t: number;
      readonly worker: number;
      readonly boot: number;
      readonly state: "started" | "ready" | "silent" | "lost" | "restarting" | "stopped";
      readonly detail?: string | undefined;
    }
  | {
      readonly type: "snapshot";
      readonly t: number;
      readonly states: Readonly<Record<DeviceState, number>>;
      readonly byHub: Readonly<Record<string, number>>;
      /** Totals since the start. */
      readonly counters: Readonly<Record<string, number>>;
      /** Measured since the last snapshot; without those that got nothing. All of them sum to the whole. */
      readonly histograms: Readonly<Record<string, EncodedHistogram>>;
      /** Counts by the second that were told since the last snapshot; absent = none. All of them sum to the whole. */
      readonly perSecond?: PerSecond | undefined;
      /** How the generator did since the last snapshot; absent where it came to no devices. */
      readonly generator?: GeneratorSample | undefined;
    }
  | {
      /** What became of devices, at the end; several events where there are many. */
      readonly type: "devices";
      readonly t: number;
      readonly rows: readonly RecordedRow[];
    }
  | {
      /** null where what the hub ingested cannot be read. */
      readonly type: "ledger";
      readonly t: number;
      readonly ledger: LedgerResult | null;
    }
  | {
      /** How the run ended; with what was told before, all that its verdict follows from. */
      readonly type: "end";
      readonly t: number;
      readonly interrupted: boolean;
      readonly stoppedArriving: boolean;
      readonly failure: RecordedFailure | null;
      /** The threshold that ended it before its time. */
      readonly aborted: AbortedBy | null;
      /** Names of result files that were not whole by then. */
      readonly lostFiles: readonly string[];
      readonly actions: readonly TwinActionAccount[];
      readonly workers: WorkerAccount;
      readonly resources: Summary["resources"];
    }
  | { readonly type: "summary"; readonly t: number; readonly summary: Summary };

/** A device's row without the sequence numbers: the ledger has looked at them. */
export type RecordedRow = Omit<DeviceRow, "firstSeq" | "ackedSeqs" | "failedSeqs">;

/** A `FleetError` as text. */
export type RecordedFailure = Pick<FleetError, "code" | "message" | "problems"> & {
  readonly hint?: string | undefined;
};

/** What became of the run's worker processes. */
export interface WorkerAccount {
  readonly planned: number;
  /** Unexpected exits. */
  readonly lost: number;
  /** Lost ones that came back. */
  readonly restarted: number;
  /** Shards that nobody hosts any more. */
  readonly gone: number;
}

/** What became of one timeline action, with all its times: those of parts of a fleet can be merged. */
export interface TwinActionAccount extends Omit<
  TwinActionResult,
  "ms" | "receivedMs" | "answerMs" | "seenMs" | "pacedMs"
> {
  /** See the percentiles of the result; `acknowledged` are its `ms`. */
  readonly times: Readonly<
    Record<"acknowledged" | "received" | "answer" | "seen" | "paced", EncodedHistogram>
  >;
}

/** A listener of the run; it must not block. */
export interface Output {
  emit(event: RunEvent): void;
  /** Resolves when everything is written; safe to call twice. */
  close(): Promise<void>;
}
