import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import { FleetError } from "../../../src/base/errors.ts";
import { productVersion } from "../../../src/base/product-version.ts";
import { GeneratorRecord } from "../../../src/metrics/generator/generator-record.ts";
import { LatencyHistogram } from "../../../src/metrics/histogram.ts";
import type { RunEvent } from "../../../src/output/output.ts";
import { readRecordedRun } from "../../../src/report/recorded-run.ts";
import { judge } from "../../../src/results/judge.ts";
import { tellEnd } from "../../../src/run/tell-record.ts";
import { deviceRow, refusedRow } from "../../support/results.ts";
import { runPlan, runSnapshot } from "../../support/run-events.ts";
import { Aggregate } from "../../../src/metrics/aggregate.ts";
import { Ledger } from "../../../src/run/ledger.ts";
import type { RunFacts } from "../../../src/results/run-facts.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "recorded-"));
});
afterAll(() => rm(dir, { recursive: true }));

const IDS = ["cave-1", "cave-2"];
const HUB = "cheesecave-hub.azure-devices.net";
const times = (
  ...all: readonly number[]
): Record<string, ReturnType<LatencyHistogram["encode"]>> => {
  const histogram = new LatencyHistogram();
  for (const ms of all) histogram.record(ms);
  return { [`registration_ms{hub:${HUB}}`]: histogram.encode() };
};

/** A run of two devices, one of which is refused. */
function recorded(): readonly RunEvent[] {
  const phases = { tcp: 1 };
  const rows = [deviceRow("cave-1"), refusedRow("cave-2")];
  const devices = IDS.map((registrationId) => ({ registrationId, model: "cheese-cave" }));
  const counters = { telemetry_sent: 1, telemetry_acked: 1 };
  const histograms = times(20);
  const aggregate = new Aggregate(rows);
  aggregate.add({
    worker: 0,
    boot: 1,
    sequence: 1,
    counters,
    histograms,
    devices: rows,
    events: [],
    messages: [],
    resources: { cpuS: 1.5, rssBytes: 1_000 },
  });
  const thresholds = ["devices_assigned == 100%", "registration_ms p(95) < 1s"];
  const facts: RunFacts = {
    run: {
      id: "r",
      scenario: "small",
      seed: 1,
      target: "emulator",
      startedAt: "2026-01-01T00:00:00Z",
      durationS: 30,
      version: "0.0.0",
      shard: null,
      planFingerprint: "0".repeat(32),
      merged: null,
      resumed: false,
    },
    thresholds,
    asksDps: true,
    end: { interrupted: false, stoppedArriving: false, failure: undefined, aborted: undefined },
    arrival: null,
    control: [],
    aggregate,
    timeline: [],
    twins: { versions: [], divergences: null },
    actions: [],
    ledger: new Ledger(["cave-1"]).close([
      { deviceId: "cave-1", boot: 1, sent: 1, acked: [[1, 1]], failed: [] },
    ]),
    workers: { planned: 1, lost: 0, restarted: 0, gone: 0 },
    generator: new GeneratorRecord(),
    lostFiles: [],
    strict: false,
  };
  const events: RunEvent[] = [
    runPlan({ devices: 2, thresholds }),
    { type: "fleet", t: 0, devices },
    { type: "state", t: 1, deviceId: "cave-1", from: "waiting", to: "registering" },
    { type: "registration", t: 20, deviceId: "cave-1", hub: HUB, attempts: 1, ms: 20, phases },
    {
      type: "error",
      t: 25,
      deviceId: "cave-2",
      errorClass: "unauthorized",
      error: "refused",
      final: true,
    },
    runSnapshot({ t: 1_000, counters: { telemetry_sent: 1 }, histograms }),
    runSnapshot({ t: 2_000, counters }),
  ];
  tellEnd(facts, judge(facts).summary, (event) => events.push(event));
  return events;
}

const text = (events: readonly RunEvent[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join("");

const write = (content: string): Promise<void> => writeFile(join(dir, "run.ndjson"), content);

async function refusalOf(content: string): Promise<FleetError> {
  await write(content);
  const error: unknown = await readRecordedRun(dir, "runs/one").catch((caught: unknown) => caught);
  if (!(error instanceof FleetError)) throw new Error("expected a FleetError", { cause: error });
  return error;
}

async function problemOf(content: string): Promise<string> {
  const error = await refusalOf(content);
  return error.problems.map(({ place, message }) => `${place}: ${message}`).join("\n");
}

test("a record gives the facts that the run was judged by, to the last digit", async () => {
  const events = recorded();
  await write(text(events));
  const { facts, isWhole } = await readRecordedRun(dir, "runs/one");
  expect(isWhole).toBe(true);
  const told = events.at(-1);
  const { summary, rows, exitCode } = judge(facts);
  expect(summary).toEqual(told?.type === "summary" ? told.summary : undefined);
  expect(summary.verdict).toBe("failed");
  expect(exitCode).toBe(99);
  expect(rows.map(({ registrationId, state }) => [registrationId, state])).toEqual([
    ["cave-1", "streaming"],
    ["cave-2", "failed"],
  ]);
});

test("a record that is cut anywhere tells what there was by then, and is interrupted", async () => {
  const whole = text(recorded());
  const head = whole.indexOf("\n") + 1;
  const end = whole.indexOf('{"type":"end"');
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: head, max: end }), async (at) => {
      await write(whole.slice(0, at));
      const { facts, isWhole } = await readRecordedRun(dir, "runs/one");
      expect(isWhole).toBe(false);
      expect(judge(facts).summary.verdict).toBe("interrupted");
    }),
    { numRuns: 50 },
  );
});

test("of a cut record devices have what happened to them by then", async () => {
  const whole = text(recorded());
  await write(whole.slice(0, whole.indexOf('{"type":"devices"') + 40));
  const { facts } = await readRecordedRun(dir, "runs/one");
  expect(judge(facts).summary.devices).toMatchObject({
    planned: 2,
    assigned: 1,
    connected: 0,
    failed: 0,
  });
  expect(facts.aggregate.percentiles("registration_ms").max).toBe(20);
  expect(facts.aggregate.row("cave-2")).toMatchObject({ errorClass: "unauthorized" });
  expect(facts.run.durationS).toBe(2);
});

test("what is no record is refused with its line", async () => {
  const lines = text(recorded()).trim().split("\n");
  expect(await problemOf("")).toContain("empty file");
  expect(await problemOf("hello")).toContain("run.ndjson:1: expected the plan");
  expect(await problemOf(`${lines[1]}\n`)).toContain(
    "run.ndjson:1: expected the plan of a run first",
  );
  expect(await problemOf([lines[0], '{"type":', lines[2]].join("\n"))).toContain("run.ndjson:2");
  expect(await problemOf(`${lines[0]}\n{"type":"state","t":1}\n`)).toContain("run.ndjson:2");
  expect(await problemOf(`${lines[0]}\n{"type":"newer","t":1}\n`)).toContain("run.ndjson:2");
  await rm(join(dir, "run.ndjson"));
  const missing = await readRecordedRun(dir, "runs/one").catch((error: unknown) => error);
  expect(missing).toMatchObject({ code: "FILE_INVALID" });
  await expect(readFile(join(dir, "summary.json"))).rejects.toThrow("ENOENT");
});

test("a record of another version is refused with that version, and a foreign one without", async () => {
  const { version: _, ...unversioned } = runPlan();
  const later = JSON.stringify({ ...runPlan({ version: "9.1.0" }), newer: true });
  expect((await refusalOf(later)).hint).toMatch(/^dps-fleet 9\.1\.0 recorded this run, and \d/);
  expect((await refusalOf(JSON.stringify(unversioned))).hint).toContain(
    "an earlier version of dps-fleet recorded",
  );
  const own = JSON.stringify(runPlan({ version: productVersion() }));
  expect((await refusalOf(`${own}\n{"type":"newer"}\n`)).hint).toContain("give the folder");
});

test("what is wrong is told briefly, in text that moves no cursor", async () => {
  const row = {};
  const rows = JSON.stringify({
    type: "devices",
    t: 0,
    rows: Array.from({ length: 500 }, () => row),
  });
  const head = JSON.stringify(runPlan());
  const told = await problemOf(`${head}\n${rows}\n`);
  expect(told).toMatch(/rows\.0\.registrationId.*; \d+ more$/);
  expect(told.length).toBeLessThan(400);
  expect(await problemOf(`${head}\n\u001B[2J\n${head}\n`)).not.toContain("\u001B");
});
