import type { FailureClass, RefusalClass } from "../base/failure.ts";
import type { JsonObject } from "../base/json.ts";
import type { Percentiles } from "../metrics/percentiles.ts";
import type { GeneratorHealth } from "./generator-summary.ts";
import type { LedgerSummary } from "./ledger.ts";
import type { TwinActionResult, TwinFindings } from "./twin-summary.ts";

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
