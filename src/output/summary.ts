import type { DivergenceKind, DivergenceLook } from "./divergence.ts";
import type { FailureClass, RefusalClass } from "../base/failure.ts";
import type { JsonObject } from "../base/json.ts";
import type { DeviceState } from "../metrics/device-row.ts";
import type { GcUse } from "../metrics/generator/gc-use.ts";
import type { Percentiles } from "../metrics/percentiles.ts";
import type { LedgerSummary } from "./ledger.ts";

/** The verdict over a whole run. */
export type Verdict = "passed" | "failed" | "interrupted";

export interface ThresholdResult {
  readonly expression: string;
  /** null = could not be measured in this run, or no sample. */
  readonly observed: number | null;
  readonly unit: string;
  /** null = cannot be measured here, decides nothing. */
  readonly passed: boolean | null;
  /** Seconds after time 0 at which its failure ended the run; absent = it did not. */
  readonly abortedAtS?: number | undefined;
  /** What is odd about the threshold itself: it names a hub that no device was at. */
  readonly hint?: string | undefined;
}

/** How desired versions came to one device. */
export interface TwinVersionsResult {
  readonly deviceId: string;
  readonly duplicate: number;
  readonly outOfOrder: number;
  readonly missed: number;
  /** Of the missed ones, those that no read brought. */
  readonly notHealed: number;
}

/** A property of a device that was at odds for longer than the oracle tolerates; the newest time. */
export interface DivergenceResult extends Pick<
  DivergenceLook,
  "version" | "desired" | "reported" | "ac" | "inner"
> {
  readonly deviceId: string;
  readonly property: string;
  readonly kind: DivergenceKind;
  /** Since and until when, in seconds after time 0; null = it still was at the end. */
  readonly sinceS: number;
  readonly endedS: number | null;
}

/** Devices whose twins did not come along, by name: the first ones of many. */
export interface TwinFindings {
  readonly versions: readonly TwinVersionsResult[];
  /** null = there was no oracle. */
  readonly divergences: {
    readonly looks: number;
    readonly failed: number;
    readonly devices: number;
    readonly notEchoed: number;
    readonly begun: number;
    readonly ended: number;
    readonly named: readonly DivergenceResult[];
  } | null;
}

/** A selected device that did not show the last round's values in time, and what is known of it. */
export interface TwinStraggler {
  readonly registrationId: string;
  /**
   * `late`: it showed them after the action's timeout. `refused`: it acknowledged them with a code that is no success.
   * `otherValue`: it got them and reports others. `notAcknowledged`: it got them and reports nothing of them.
   */
  readonly why:
    "refused" | "otherValue" | "notAcknowledged" | "notReceived" | "notPatched" | "late";
  readonly round: number;
  /** When the patch went out, seconds after time 0; null = it did not. */
  readonly patchedS: number | null;
  /** `$version` that the patch made. */
  readonly version: number | null;
  /** Newest version that the device got since the action began. */
  readonly receivedVersion: number | null;
  /** What it reported of what is patched, since the action began. */
  readonly reported: JsonObject | null;
  /** From the patch to the acknowledgment, where that came late. */
  readonly ms: number | null;
  /** Before the end of the run stopped it. */
  readonly state: DeviceState | null;
  /** When its connection was lost last, seconds after time 0. */
  readonly disconnectedS: number | null;
  /** Why it was not patched, or what it was told last. */
  readonly error: string | null;
}

/** A selected device that was never pushed some of the action's versions. */
export interface MissedDevice {
  readonly registrationId: string;
  readonly versions: number;
  /** From and to, both included; the first few. */
  readonly rounds: readonly (readonly [from: number, to: number])[];
  /** Whether it read what was in all of them. */
  readonly healed: boolean;
}

/** How the selected devices followed one twin action. Devices count once for each round, unless it says otherwise. */
export interface TwinActionResult {
  /** Its position in the scenario's timeline, from 0. */
  readonly action: number;
  readonly name: string | null;
  readonly at: string;
  readonly mode: "merge" | "replace";
  readonly rounds: number;
  readonly roundsBegun: number;
  /** Distinct devices. */
  readonly selected: number;
  readonly patched: number;
  /** Pushed, or in a whole section that was read. */
  readonly received: number;
  /** It reported the right values, having applied this version or a later one. */
  readonly acknowledged: number;
  readonly refused: number;
  /** It answered a later round and not this one. */
  readonly superseded: number;
  readonly notEchoed: number;
  /** The service showed the reported values; null = it was not asked. */
  readonly seen: number | null;
  /** Versions that were never pushed to the device. */
  readonly missed: number;
  readonly duplicate: number;
  readonly outOfOrder: number;
  /** Distinct devices that were not selected and got the values pushed. */
  readonly receivedByOthers: number;
  /** Distinct devices that showed the last round's values in time, and that did not. */
  readonly converged: number;
  readonly stragglers: number;
  readonly notDue: boolean;
  /** From the patch call to the reported value's acknowledgment at the device. */
  readonly ms: Percentiles;
  /** From the patch call to the device. */
  readonly receivedMs: Percentiles;
  /** From the device's getting the patch to the acknowledgment of what it reported. */
  readonly answerMs: Percentiles;
  /** From the patch to the reported values in the service's twin, by the hub's clock. */
  readonly seenMs: Percentiles;
  /** How long the pace of the calls held patches back; part of no other time. */
  readonly pacedMs: Percentiles;
  /** The first few stragglers, the worst first. */
  readonly stragglersNamed: readonly TwinStraggler[];
  /** The first few devices that were never pushed versions, those with most first. */
  readonly missedBy: readonly MissedDevice[];
}

/** What became of one action of the timeline. */
export interface TimelineResult {
  /** Its position in the scenario's timeline, from 0. */
  readonly action: number;
  /** As the scenario calls it. */
  readonly name: string | null;
  readonly kind: string;
  /** When it is due, as the scenario has it. */
  readonly at: string;
  /** The run ended before its time. */
  readonly notDue: boolean;
  /** How often it is done, and how often it was. */
  readonly rounds: number;
  readonly roundsEnded: number;
  /** Seconds after time 0 at which the first round began and the last one ended; null = none did. */
  readonly beganS: number | null;
  readonly endedS: number | null;
  /** Devices of one round. */
  readonly selected: number;
  /** Over all rounds: to how many it was done, and to how many it could not be. */
  readonly done: number;
  readonly failed: number;
  /** Why it failed at first. */
  readonly error: string | null;
  /** What devices answered, by class of status, and how long calls took; null = none was called. */
  readonly calls: {
    readonly answers: Readonly<Record<string, number>>;
    readonly ms: Percentiles;
  } | null;
}

/** What one hub did with its devices. */
export interface HubSummary {
  readonly connection: Percentiles;
  readonly telemetry: Percentiles;
}

/** What an adaptive arrival found out. Rates are devices a second. */
export interface ArrivalResult {
  readonly way: "adaptive";
  /** Devices that were started. */
  readonly started: number;
  /** When the last one was, seconds after time 0; null where the run ended before. */
  readonly endS: number | null;
  /** The highest rate that there was. */
  readonly highestPerS: number;
  /** The rate that the last push-back led to, and that was probed from then on; null where nothing pushed back. */
  readonly heldPerS: number | null;
  /** How often services refused devices, or became slow. */
  readonly pushBacks: { readonly throttled: number; readonly latency: number };
  /** The first of both, and the rate at which it came. */
  readonly firstPushBack: {
    readonly reason: "throttled" | "latency";
    readonly atS: number;
    readonly ratePerS: number;
  } | null;
}

/** What somebody asked of the run while it went on. */
export interface ControlResult {
  readonly atS: number;
  /** The way that they took. */
  readonly by: "ctl";
  /** As it was sent: what to `do`, and its parameters. */
  readonly request: JsonObject;
  /** unchanged: it was so already. */
  readonly outcome: "done" | "unchanged" | "refused";
}

/** Devices of which the same was expected and the same came. */
export interface UnexpectedDevices {
  /** `admitted` = to be let in, else the class with which they are to be refused. */
  readonly expected: "admitted" | RefusalClass;
  /** `pending` = neither let in nor refused for good to the end, else the class with which they were refused. */
  readonly observed: "admitted" | "pending" | FailureClass;
  readonly count: number;
  /** The first few of them. */
  readonly registrationIds: readonly string[];
  /** What the first of them was told last; null = nothing. */
  readonly error: string | null;
}

/** `summary.json`; `docs/summary.schema.json` describes it and a test keeps both in step. */
export interface Summary {
  readonly schemaVersion: 1;
  readonly run: {
    readonly id: string;
    readonly scenario: string;
    readonly seed: number;
    readonly target: "emulator" | "azure";
    readonly startedAt: string;
    readonly durationS: number;
    readonly version: string;
    readonly resumed: boolean;
    /** The part of a plan that this run did; null = all of it. */
    readonly shard: { readonly index: number; readonly of: number } | null;
    /** The same for all parts of one plan, and for no other plan. */
    readonly planFingerprint: string;
    /** Of which parts (from 1, rising) of how many it is merged; null = it is of one run. */
    readonly merged: { readonly parts: readonly number[]; readonly of: number } | null;
  };
  readonly verdict: Verdict;
  /** Distinct devices that reached the state at least once. */
  readonly devices: {
    readonly planned: number;
    readonly assigned: number;
    readonly connected: number;
    readonly failed: number;
    /** Of the plan: those with `expect: refused`. */
    readonly toBeRefused: number;
    /** Gave up for good before they were let in, expected or not. */
    readonly refused: number;
    /** Went another way than the scenario expects. */
    readonly unexpected: number;
  };
  /** The devices that went another way than the scenario expects, by what was expected and what came. */
  readonly unexpected: readonly UnexpectedDevices[];
  /** null where the plan said when devices start. */
  readonly arrival: ArrivalResult | null;
  /** In the order in which they came; at most a thousand. */
  readonly control: readonly ControlResult[];
  readonly registration: {
    readonly attempts: number;
    readonly assigned: number;
    readonly failed: Readonly<Record<string, number>>;
    readonly throttled: number;
    readonly byHub: Readonly<Record<string, number>>;
    readonly ms: Percentiles;
    readonly phases: Readonly<
      Record<"tcp" | "tls" | "connack" | "accepted" | "assigned", Percentiles>
    >;
  };
  readonly connection: {
    /** Attempts to connect: registration requests to DPS, connections and token renewals at hubs; the most in one second. */
    readonly attempts: { readonly dps: number; readonly hub: number; readonly peakPerS: number };
    readonly opened: number;
    readonly lost: number;
    readonly reconnected: number;
    readonly failed: Readonly<Record<string, number>>;
    readonly ms: Percentiles;
    readonly phases: Readonly<Record<"tls" | "connack" | "twin" | "firstAck", Percentiles>>;
  };
  readonly telemetry: {
    readonly sent: number;
    readonly acked: number;
    readonly failed: number;
    readonly unacked: number;
    readonly bytes: number;
    readonly ms: Percentiles;
  };
  readonly twin: {
    readonly desiredReceived: number;
    readonly desiredDuplicate: number;
    readonly desiredOutOfOrder: number;
    readonly desiredMissed: number;
    readonly reportedSent: number;
    readonly reportedAcked: number;
    readonly actions: readonly TwinActionResult[];
  } & TwinFindings;
  readonly methods: {
    readonly received: number;
    readonly failed: number;
    readonly ms: Percentiles;
  };
  /** Actions of the timeline, but for faults that devices have by their own plan. */
  readonly timeline: readonly TimelineResult[];
  /** By host name, each that a device was connected to. */
  readonly hubs: Readonly<Record<string, HubSummary>>;
  /** null where ingestion cannot be read. */
  readonly ledger: LedgerSummary | null;
  readonly thresholds: readonly ThresholdResult[];
  readonly workers: {
    readonly planned: number;
    readonly lost: number;
    readonly restarted: number;
  };
  readonly resources: { readonly cpuS: number; readonly peakRssBytes: number };
  /** null where the run came to no devices. */
  readonly generator: GeneratorHealth | null;
  /** What failed the run because of --strict; null without it. */
  readonly strict: readonly StrictReason[] | null;
}

/** Why a run fails with --strict that passes without it. */
export interface StrictReason {
  readonly kind: "generator" | "unmeasured" | "lostFiles";
  readonly text: string;
}

/** Whether what ran the devices was the limit, and not what they were run against. */
export interface GeneratorHealth {
  readonly limited: boolean;
  readonly reasons: readonly GeneratorReason[];
  readonly workers: readonly (ProcessUse & { readonly worker: number })[];
  readonly supervisor: ProcessUse;
  readonly machine: { readonly cpuShare: MeanAndPeak };
}

export interface GeneratorReason {
  readonly kind: "stall" | "silent" | "late" | "cpu" | "gc" | "heap" | "machine";
  /** null = the supervisor, or the machine. */
  readonly worker: number | null;
  /** In plain words, with the time. */
  readonly text: string;
  /** What to do about it. */
  readonly mend: string;
  /** ms after time 0. */
  readonly fromMs: number;
  readonly toMs: number;
  /** In ms for stall, silent and late, else a share. */
  readonly value: number;
  readonly limit: number;
}

/** Over the whole run, and over the 5 s in which it was most. */
export interface MeanAndPeak {
  readonly mean: number;
  readonly peak: number;
}

/** What one process used, and how late its event loop was. */
export interface ProcessUse {
  /** Of one core. */
  readonly cpuShare: MeanAndPeak;
  readonly loopDelayMs: Pick<Percentiles, "p50" | "p99" | "max">;
  /** For how long what was due waited more than 100 ms. */
  readonly lateMs: number;
  /** Waits of 250 ms or more. */
  readonly stalls: number;
  readonly gc: { readonly share: MeanAndPeak; readonly byKind: GcUse };
  readonly peakHeapBytes: number;
  /** Of what V8 allows. */
  readonly peakHeapShare: number;
  readonly peakRssBytes: number;
}
