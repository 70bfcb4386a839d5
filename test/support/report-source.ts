import { Aggregate } from "../../src/metrics/aggregate.ts";
import type { GeneratorSample } from "../../src/metrics/generator/generator-sample.ts";
import type { ProcessHealth } from "../../src/metrics/generator/process-health.ts";
import { GeneratorRecord } from "../../src/metrics/generator/generator-record.ts";
import type { DeviceEvent } from "../../src/metrics/device-event.ts";
import { LatencyHistogram } from "../../src/metrics/histogram.ts";
import { metricKey } from "../../src/metrics/metric-key.ts";
import type { EncodedHistogram, Snapshot } from "../../src/metrics/snapshot.ts";
import type { RunEvent } from "../../src/output/output.ts";
import type { ReportSource } from "../../src/report/html/make-report-data.ts";
import { RunCourse } from "../../src/report/html/run-course.ts";
import { judge } from "../../src/results/judge.ts";
import { deviceRow, refusedRow } from "./results.ts";
import { runPlan, runSnapshot, twinChange } from "./run-events.ts";

const HUB = "cheesecave-hub.azure-devices.net";

/** Times as workers tell them. */
export function encoded(...values: readonly number[]): EncodedHistogram {
  const histogram = new LatencyHistogram();
  for (const ms of values) histogram.record(ms);
  return histogram.encode();
}

/** Texts of others, in every place where a page has one. */
export interface ForeignTexts {
  readonly scenario: string;
  readonly device: string;
  readonly hub: string;
  readonly error: string;
  readonly alert: string;
}

const HARMLESS: ForeignTexts = {
  scenario: "small",
  device: "cave-2",
  hub: HUB,
  error: "Unauthorized",
  alert: "too warm",
};

/** A run of two devices that has something for every part of the page: one streams, one is refused. */
export function reportSource(given: Partial<ForeignTexts> = {}): ReportSource {
  const { scenario, device, hub, error, alert } = { ...HARMLESS, ...given };
  const rows = [deviceRow("cave-1", { hub }), refusedRow(device, error)];
  const happened: readonly DeviceEvent[] = [
    { type: "throttled", t: 400, deviceId: device, retryAfterMs: 1_000 },
    {
      type: "error",
      t: 500,
      deviceId: device,
      errorClass: "unauthorized",
      error,
      code: "401002",
      trackingId: "T-1",
      final: true,
    },
    {
      type: "fault",
      t: 900,
      deviceId: "cave-1",
      kind: "late",
      state: "begun",
      parameters: { by: error },
      at: "1s",
    },
    { type: "alert", t: 1_500, deviceId: "cave-1", alert, state: "raised" },
  ];
  const labels = { hub, model: "cheese-cave" };
  const labelled = { [metricKey("registration_ms", labels)]: encoded(20, 30, 900) };
  const snapshots: readonly Pick<Snapshot, "counters" | "histograms">[] = [
    {
      counters: {
        registration_attempts: 4,
        [metricKey("registration_assigned", labels)]: 1,
        "registration_failed{class:unauthorized}": 1,
        throttled: 1,
        "faults_begun{kind:late}": 1,
      },
      histograms: labelled,
    },
    {
      counters: { telemetry_sent: 2, telemetry_acked: 2 },
      histograms: { telemetry_ms: encoded(3) },
    },
    { counters: {}, histograms: { connection_ms: encoded(12), twin_action_ms: encoded(45) } },
  ];
  const aggregate = new Aggregate(rows);
  const generator = new GeneratorRecord();
  const supervisor: ProcessHealth = {
    spanMs: 1_000,
    cpuMs: 100,
    loopMaxMs: 3,
    lateMs: 0,
    gc: {},
    heapUsedBytes: 1_000_000,
    heapLimitBytes: 100_000_000,
    rssBytes: 50_000_000,
    stalls: [],
  };
  const sample: GeneratorSample = {
    workers: [{ ...supervisor, worker: 0, loopMaxMs: 7 }],
    supervisor,
    machine: { spanMs: 1_000, cpuShare: 0.25 },
  };
  const thresholds = ["devices_assigned == 100%", "telemetry_missing == 0"];
  const phases = [
    { name: "warm up", atMs: 0 },
    { name: "load", atMs: 2_000 },
  ];
  const startedAt = "2026-01-01T00:00:00.000Z";
  const events: RunEvent[] = [
    runPlan({ devices: 2, scenario, thresholds, startedAt, phases }),
    ...happened,
  ];
  const what = { desired: { temperature: error } };
  events.push(twinChange({ t: 700, at: "700ms", what }));
  for (const [index, part] of snapshots.entries()) {
    aggregate.add({
      worker: 0,
      boot: 1,
      sequence: index + 1,
      ...part,
      devices: rows,
      events: index === 0 ? happened : [],
      messages: [],
      resources: { cpuS: 1, rssBytes: 5_000_000 },
    });
    const states = { streaming: index, registering: 1, waiting: Number(index === 0) };
    events.push(
      runSnapshot({
        t: (index + 1) * 1_000,
        states,
        counters: aggregate.counters(),
        histograms: part.histograms,
        generator: sample,
      }),
    );
    generator.add(sample, (index + 1) * 1_000);
  }
  const course = new RunCourse();
  for (const event of events) course.emit(event);
  const results = judge({
    run: {
      id: "r",
      scenario,
      seed: 1,
      target: "emulator",
      startedAt,
      durationS: 3,
      version: "0.0.0",
      shard: null,
      planFingerprint: "f",
      merged: null,
      resumed: false,
    },
    thresholds,
    asksDps: true,
    generator,
    lostFiles: [],
    strict: false,
    end: { interrupted: false, stoppedArriving: false, failure: undefined, aborted: undefined },
    arrival: null,
    control: [],
    aggregate,
    timeline: [],
    twins: { versions: [], divergences: null },
    actions: [
      {
        action: 0,
        name: null,
        at: "700ms",
        mode: "merge",
        rounds: 1,
        roundsBegun: 1,
        selected: 1,
        patched: 1,
        received: 1,
        acknowledged: 1,
        refused: 0,
        superseded: 0,
        notEchoed: 0,
        seen: 1,
        missed: 0,
        duplicate: 0,
        outOfOrder: 0,
        receivedByOthers: 0,
        converged: 1,
        stragglers: 0,
        notDue: false,
        missedBy: [],
        stragglersNamed: [],
        times: {
          acknowledged: encoded(45),
          received: encoded(20),
          answer: encoded(25),
          seen: encoded(40),
          paced: encoded(0),
        },
      },
    ],
    ledger: null,
    workers: { planned: 1, lost: 0, restarted: 0, gone: 0 },
  });
  return { results, aggregate, course: course.course() };
}
