import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { createRandom } from "../../src/base/random.ts";
import { deviceRow } from "./results.ts";
import { GeneratorRecord } from "../../src/metrics/generator/generator-record.ts";
import { Recorder } from "../../src/metrics/recorder.ts";
import type { RunEvent } from "../../src/output/output.ts";
import { planFingerprint } from "../../src/plan/plan-fingerprint.ts";
import type { Shard } from "../../src/plan/plan-part.ts";
import { planPart } from "../../src/plan/plan-part.ts";
import type { DeviceSpec, Plan } from "../../src/plan/plan.ts";
import { shardDevices } from "../../src/plan/shard.ts";
import { judge } from "../../src/results/judge.ts";
import { TimelineAccount } from "../../src/results/timeline-account.ts";
import type { RunFacts } from "../../src/results/run-facts.ts";
import { FleetView } from "../../src/run/fleet-view.ts";
import { Ledger } from "../../src/run/ledger.ts";
import { tellEnd, tellPlan } from "../../src/run/tell-record.ts";
import { parseScenario } from "../../src/scenario/scenario.ts";
import type { PlannedTwinAction, TwinTimeName } from "../../src/run/actions/twin-book.ts";
import { isTwinAction, TwinBook } from "../../src/run/actions/twin-book.ts";
import { twinChange } from "./run-events.ts";

/** Time 0 of a part, by default. */
export const BEGIN = "2026-11-22T20:00:00.000Z";
const HUBS = ["a-hub.azure-devices.net", "b-hub.azure-devices.net"] as const;
const VERSION = "0.0.0";

/** How a part is recorded. */
export interface Recording {
  /** undefined = the whole plan. */
  readonly shard?: Shard | undefined;
  readonly workers?: number;
  /** Time 0 (ISO). */
  readonly begin?: string;
  readonly version?: string;
  readonly end?: Partial<RunFacts["end"]>;
  /** Without it ingestion could not be read. */
  readonly ledger?: boolean;
}

/**
 * Writes what a run of a plan, or of a part of it, records, whose devices do what they are called: whichever run has
 * them, they register, connect and send at the same times.
 *
 * @returns what the run itself was judged to be
 */
export async function recordFleet(
  dir: string,
  whole: Plan,
  recording: Recording = {},
): Promise<ReturnType<typeof judge>> {
  const { shard, workers = 1, begin = BEGIN, version = VERSION, ledger = true } = recording;
  const plan = shard === undefined ? whole : planPart(whole, shard);
  const runId =
    shard === undefined ? `r-${plan.scenario}` : `r-${plan.scenario}-${shard.index}-of-${shard.of}`;
  const fingerprint = planFingerprint(whole, new Map());
  const devices = plan.devices.map(({ registrationId, model }) => ({ registrationId, model }));
  const lines: string[] = [];
  const timeline = new TimelineAccount();
  const emit = (event: RunEvent): void => {
    timeline.observe(event);
    lines.push(JSON.stringify(event));
  };
  const view = new FleetView({
    devices,
    phases: plan.phases,
    emit,
    onDeviceEvent: () => {},
    onMessages: () => {},
  });
  const times: [name: TwinTimeName, id: string, ms: number, patchedMs: number][] = [];
  const actions = plan.timeline.filter(isTwinAction).map((planned) => ({
    planned,
    book: new TwinBook({
      planned,
      isGivenElsewhere: () => false,
      onTime: (...time) => times.push(time),
    }),
  }));
  const run = {
    id: runId,
    scenario: plan.scenario,
    seed: plan.seed,
    target: plan.target,
    startedAt: new Date(Date.parse(begin) - 5_000).toISOString(),
    version,
    shard: shard ?? null,
    planFingerprint: fingerprint,
    merged: null,
  };
  const scenario = parseScenario(
    "name: recorded\nprovisioning: { group: all }\nfleet: [{ model: cheese-cave, count: 1, registrationId: cave }]\n",
    "recorded.yaml",
  );
  const prepared = { plan, workers, scenario, models: new Map() };
  tellPlan({ run, prepared, overrides: {}, strict: false }, emit);
  emit({ type: "enrollment", t: 0, dps: "d", group: "g", done: "kept", ownEmulator: false });
  emit({ type: "begin", t: 0, at: begin });
  for (const { planned, book } of actions) {
    const { ids } = planned.selection;
    book.begin(1, ids);
    if (ids.length > 0) emit(actionEvent(planned, "begun"));
    for (const deviceId of ids) follow(deviceId, planned, book, plan.seed, emit);
    if (ids.length > 0) emit(actionEvent(planned, "ended"));
  }
  const account = new Ledger(plan.devices.map(({ registrationId }) => registrationId));
  for (const [worker, dealt] of shardDevices(plan.devices, workers).entries()) {
    let t = 0;
    const recorder = new Recorder({ worker, boot: 1, phases: plan.phases, clock: () => t });
    for (const [at, device] of dealt.entries()) {
      t = act(device, worker, plan, recorder, account);
      // Half way, the worker and the run tell what there is by then.
      if (at !== Math.floor(dealt.length / 2)) continue;
      view.snapshot(recorder.take({ cpuS: 0.5, rssBytes: 1_000 }));
      view.tell(1_000);
    }
    view.snapshot(recorder.take({ cpuS: 1, rssBytes: 2_000 }));
  }
  for (const [name, id, ms, dueMs] of times) {
    if (name === "acknowledged") view.observe(id, "twin_action_ms", ms, { dueMs, labels: {} });
  }
  view.tell(9_000);
  const { aggregate } = view;
  const facts: RunFacts = {
    run: { ...run, durationS: 9, resumed: false },
    thresholds: plan.thresholds,
    asksDps: true,
    arrival: null,
    control: [],
    end: {
      interrupted: false,
      stoppedArriving: false,
      failure: undefined,
      aborted: undefined,
      ...recording.end,
    },
    aggregate,
    timeline: timeline.results(),
    twins: { versions: [], divergences: null },
    actions: actions.map(({ book }) => book.result(() => ({}))),
    ledger: ledger ? account.close(aggregate.told()) : null,
    workers: { planned: workers, lost: 0, restarted: 0, gone: 0 },
    generator: new GeneratorRecord(),
    lostFiles: [],
    strict: false,
  };
  const results = judge(facts);
  tellEnd(facts, results.summary, emit);
  await mkdir(dir);
  await writeFile(join(dir, "run.ndjson"), `${lines.join("\n")}\n`);
  return results;
}

function actionEvent(planned: PlannedTwinAction, state: "begun" | "ended"): RunEvent {
  const { index: action, at, when, selection } = planned;
  const { desired } = planned.action;
  const { delayMs: t } = when;
  const selected = selection.ids.length;
  const done = state === "ended" ? selected : 0;
  return twinChange({ t, action, at, state, selected, done, what: { desired } });
}

/** A device that is told by a timeline action, and reports what it was told. */
function follow(
  deviceId: string,
  { index: action, at, when: { delayMs: atMs }, action: { desired } }: PlannedTwinAction,
  book: TwinBook,
  seed: number,
  emit: (event: RunEvent) => void,
): void {
  const ms = Math.round(createRandom(seed, deviceId, "follow").next() * 500);
  book.asking(deviceId, atMs);
  book.answered(deviceId, 2, 0);
  const [patch, t] = [desired, atMs + ms];
  const received = { type: "desired", t, deviceId, version: 2, initial: false, patch } as const;
  book.observe(deviceId, received);
  const reported = { type: "reported", t, deviceId, desiredVersion: 2, patch, ms: 1 } as const;
  book.observe(deviceId, reported);
  const patched = { type: "twinPatch", t: atMs + 1, ms: 1, waitedMs: 0, deviceId } as const;
  emit({ ...patched, action, round: 1, at, version: 2 });
  emit(received);
  emit(reported);
}

/** A device's life. @returns when it was over, ms after time 0 */
function act(
  { registrationId, model, startMs: due }: DeviceSpec,
  worker: number,
  plan: Plan,
  recorder: Recorder,
  account: Ledger,
): number {
  const startMs = due ?? 0;
  const random = createRandom(plan.seed, registrationId, "recorded");
  const some = (most: number): number => Math.round(random.next() * most * 1_000) / 1_000;
  const deviceId = registrationId;
  const hub = random.next() < 0.5 ? HUBS[0] : HUBS[1];
  const series = recorder.of(model);
  series.count("registration_attempts");
  if (random.next() < 0.1) {
    series.count("registration_failed", 1, { class: "unauthorized" });
    const [errorClass, error] = ["unauthorized", "refused"] as const;
    recorder.device(
      deviceRow(registrationId, {
        model,
        worker,
        deviceId: "",
        hub: "",
        state: "failed",
        registrationMs: null,
        connectionMs: null,
        sent: 0,
        acked: 0,
        ackedSeqs: [],
        wasAssigned: false,
        wasConnected: false,
        isUp: false,
        errorClass,
        error,
      }),
    );
    series.event({ type: "error", t: startMs, deviceId, errorClass, error, final: true });
    return startMs;
  }
  const registrationMs = some(4_000);
  const connectionMs = some(900);
  const sent = 1 + Math.floor(random.next() * 9);
  series.goesTo(hub);
  series.count("registration_assigned");
  series.observe("registration_ms", registrationMs, startMs);
  const t = startMs + registrationMs;
  series.event({
    type: "registration",
    t,
    deviceId,
    hub,
    attempts: 1,
    ms: registrationMs,
    phases: {},
  });
  series.count("connection_opened");
  series.observe("connection_ms", connectionMs, t);
  const [ms, reconnect] = [connectionMs, false];
  series.event({ type: "connection", t: t + ms, deviceId, hub, reconnect, ms, phases: {} });
  series.count("telemetry_sent", sent);
  series.count("telemetry_acked", sent);
  for (let seq = 1; seq <= sent; seq += 1) {
    series.observe("telemetry_ms", some(50), t);
    // One in twenty is lost, one comes twice.
    const luck = random.next();
    if (luck >= 0.05) account.ingest({ deviceId, boot: 1, seq });
    if (luck > 0.95) account.ingest({ deviceId, boot: 1, seq });
  }
  recorder.device(
    deviceRow(registrationId, {
      model,
      worker,
      hub,
      registrationMs,
      connectionMs,
      sent,
      acked: sent,
      ackedSeqs: [[1, sent]],
    }),
  );
  return t + connectionMs;
}
