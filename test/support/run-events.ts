import { NO_DEVICES } from "../../src/metrics/device-row.ts";
import type { ActionEvent, RunEvent } from "../../src/output/output.ts";

/** The first event of a run of ten devices and thirty seconds. */
export const runPlan = (
  changes: Partial<RunEvent & { type: "plan" }> = {},
): RunEvent & { type: "plan" } => ({
  type: "plan",
  t: 0,
  runId: "r",
  scenario: "small",
  seed: 1,
  target: "emulator",
  startedAt: "2026-01-01T00:00:00Z",
  devices: 10,
  arrivalEndMs: 900,
  timeScale: 1,
  durationMs: 30_000,
  workers: 1,
  phases: [],
  thresholds: [],
  version: "0.0.0",
  asksDps: true,
  shard: null,
  planFingerprint: "0".repeat(32),
  merged: null,
  strict: false,
  ...changes,
});

type Snapshot = RunEvent & { type: "snapshot" };

/** A second of a run; states that are not given are empty. */
export const runSnapshot = (
  changes: Partial<Omit<Snapshot, "states">> & {
    readonly states?: Partial<Snapshot["states"]>;
  } = {},
): Snapshot => ({
  type: "snapshot",
  t: 1_000,
  byHub: {},
  counters: {},
  histograms: {},
  ...changes,
  states: { ...NO_DEVICES, ...changes.states },
});

/** A twin change of one device begins at 1 s. */
export const twinChange = (changes: Partial<ActionEvent> = {}): ActionEvent => ({
  type: "action",
  t: 1_000,
  action: 0,
  kind: "twin",
  at: "1s",
  state: "begun",
  round: 1,
  rounds: 1,
  selected: 1,
  done: 0,
  failed: 0,
  what: { desired: { temperature: 50.123 } },
  ...changes,
});
