import type { ToldMessages } from "../../src/metrics/aggregate.ts";
import { Aggregate } from "../../src/metrics/aggregate.ts";
import type { DeviceRow } from "../../src/metrics/device-row.ts";
import type { LedgerResult } from "../../src/output/ledger.ts";
import type { Results } from "../../src/output/results.ts";
import type { GeneratorHealth } from "../../src/output/generator-summary.ts";
import type { Summary, ThresholdResult } from "../../src/output/summary.ts";
import { buildSummary } from "../../src/results/build-summary.ts";

/** A device that is connected and has nothing to complain of. */
export const deviceRow = (registrationId: string, changes: Partial<DeviceRow> = {}): DeviceRow => ({
  registrationId,
  model: "cheese-cave",
  deviceId: registrationId,
  hub: "cheesecave-hub.azure-devices.net",
  state: "streaming",
  boot: 1,
  worker: 0,
  attempts: 1,
  registrationMs: 20,
  connectionMs: 10,
  reconnects: 0,
  sent: 1,
  acked: 1,
  failed: 0,
  ackedSeqs: [[1, 1]],
  failedSeqs: [],
  wasAssigned: true,
  wasConnected: true,
  isUp: true,
  errorClass: null,
  error: null,
  ...changes,
});

/** What the ledger makes of rows, each of one boot. */
export const toldIn = (rows: readonly DeviceRow[]): readonly ToldMessages[] =>
  rows.map(({ deviceId, boot, sent, ackedSeqs: acked, failedSeqs: failed }) => ({
    deviceId,
    boot,
    sent,
    acked,
    failed,
  }));

/** A device that DPS refused. */
export const refusedRow = (registrationId: string, error = "refused"): DeviceRow =>
  deviceRow(registrationId, {
    deviceId: "",
    hub: "",
    state: "failed",
    registrationMs: null,
    connectionMs: null,
    wasAssigned: false,
    wasConnected: false,
    isUp: false,
    errorClass: "unauthorized",
    error,
  });

/** What a run's results may be other than those of one that passed. */
interface ResultChanges {
  readonly thresholds?: readonly ThresholdResult[];
  readonly verdict?: Summary["verdict"];
  readonly scenario?: string;
  readonly workers?: Summary["workers"];
  readonly generator?: Summary["generator"];
  readonly strict?: Summary["strict"];
  readonly exitCode?: number;
  readonly failure?: Results["failure"];
}

const PROCESS = {
  cpuShare: { mean: 0.1, peak: 0.25 },
  loopDelayMs: { p50: 0.4, p99: 1_467, max: 1_516 },
  lateMs: 1_416,
  stalls: 1,
  gc: { share: { mean: 0, peak: 0 }, byKind: {} },
  peakHeapBytes: 30e6,
  peakHeapShare: 0.015,
  peakRssBytes: 120e6,
};

/** A generator whose one worker stood still. */
export const LIMITED: GeneratorHealth = {
  limited: true,
  reasons: [
    {
      kind: "stall",
      worker: 0,
      text: "the event loop of worker 0 stood still for 1.5 s at 12.0 s",
      mend: "more workers",
      fromMs: 12_000,
      toMs: 13_516,
      value: 1_516,
      limit: 1_000,
    },
  ],
  workers: [{ worker: 0, ...PROCESS }],
  supervisor: PROCESS,
  machine: { cpuShare: { mean: 0.4, peak: 0.6 } },
};

/** The results of a run that passed, unless they are given otherwise. */
export function runResults(
  changes: ResultChanges & {
    readonly rows?: readonly DeviceRow[];
    readonly ledger?: LedgerResult;
  } = {},
): Results {
  const { rows = [deviceRow("cave-1"), deviceRow("cave-2")], ledger = null } = changes;
  const aggregate = new Aggregate(rows);
  aggregate.add({
    worker: 0,
    boot: 1,
    sequence: 1,
    counters: {},
    histograms: {},
    devices: rows,
    events: [],
    messages: [],
    resources: { cpuS: 1, rssBytes: 1 },
  });
  return resultsOf(aggregate, ledger, changes);
}

/** The results of what was measured. */
export function resultsOf(
  aggregate: Aggregate,
  ledger: LedgerResult | null,
  changes: ResultChanges = {},
): Results {
  const facts = {
    run: {
      id: "r",
      scenario: changes.scenario ?? "small",
      seed: 1,
      target: "emulator" as const,
      startedAt: "2026-01-01T00:00:00.000Z",
      durationS: 30.25,
      version: "0.0.0",
      shard: null,
      planFingerprint: "0".repeat(32),
      merged: null,
      resumed: false,
    },
    arrival: null,
    control: [],
    aggregate,
    timeline: [],
    twins: { versions: [], divergences: null },
    actions: [],
    ledger,
    workers: { gone: 0, ...(changes.workers ?? { planned: 1, lost: 0, restarted: 0 }) },
  };
  const summary = buildSummary(facts, {
    verdict: changes.verdict ?? "passed",
    thresholds: changes.thresholds ?? [],
    generator: changes.generator ?? null,
    strict: changes.strict ?? null,
  });
  return {
    summary,
    rows: aggregate.rows(),
    exitCode: changes.exitCode ?? 0,
    failure: changes.failure,
  };
}
