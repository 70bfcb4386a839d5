import { expect, test } from "vitest";

import type { Workplace } from "../support/program.ts";
import { Program, workerPids, workplace } from "../support/program.ts";
import { checkedSummary } from "../support/run-accounts.ts";

const DEVICES = 40;
const WORKERS = 2;

async function start(
  place: Workplace,
  more: readonly string[],
  changes: Readonly<Record<string, unknown>> = {},
): Promise<Program> {
  const scenario = await place.scenario({ arrival: { rate: "20/s" }, ...changes });
  const fleet = ["--devices", String(DEVICES), "--workers", String(WORKERS)];
  const where = ["--out", place.out, "--certs", place.certs];
  return new Program(["run", scenario, ...fleet, ...where, ...more]);
}

const workersOf = async (place: Workplace): Promise<number[]> =>
  workerPids(await place.result("run.ndjson"));

function kill(pid: number | undefined): void {
  if (pid === undefined) throw new Error("there is no such worker");
  process.kill(pid, "SIGKILL");
}

const STREAMING = '"to":"streaming"';
const STARTED = '"state":"started"';

/** When workers are killed, which, and how many losses that makes. */
const losses = [
  {
    name: "one while it starts",
    lost: 1,
    act: async (place: Workplace, program: Program) => {
      await place.appears(program, "run.ndjson", STARTED, 1);
      kill((await workersOf(place))[0]);
    },
  },
  {
    name: "one while its devices register",
    lost: 1,
    act: async (place: Workplace, program: Program) => {
      await place.appears(program, "run.ndjson", '"to":"registering"', 5);
      kill((await workersOf(place))[0]);
    },
  },
  {
    name: "one while its devices stream",
    lost: 1,
    act: async (place: Workplace, program: Program) => {
      await place.appears(program, "run.ndjson", STREAMING, DEVICES);
      kill((await workersOf(place))[1]);
    },
  },
  {
    name: "one, and the one that takes its place",
    lost: 2,
    act: async (place: Workplace, program: Program) => {
      await place.appears(program, "run.ndjson", STREAMING, DEVICES);
      kill((await workersOf(place))[0]);
      await place.appears(program, "run.ndjson", STARTED, 3);
      kill((await workersOf(place))[2]);
    },
  },
  {
    name: "all of them",
    lost: 2,
    act: async (place: Workplace, program: Program) => {
      await place.appears(program, "run.ndjson", STREAMING, DEVICES);
      for (const pid of await workersOf(place)) kill(pid);
    },
  },
];

test.each(losses)("kill -9 of workers: $name, and the run goes on", async ({ lost, act }) => {
  await using place = await workplace();
  await using program = await start(place, ["--duration", "25s"]);
  await act(place, program);
  expect((await program.ended).exitCode).toBe(0);
  const summary = await checkedSummary(place);
  expect(summary.workers.lost).toBe(lost);
  expect(summary.devices).toMatchObject({
    planned: DEVICES,
    assigned: DEVICES,
    connected: DEVICES,
    failed: 0,
  });
  const events = await place.result("run.ndjson");
  expect(events.match(/"state":"lost"/g)).toHaveLength(lost);
  expect(events).toContain('"state":"restarting"');
  const csv = (await place.result("devices.csv")).trim().split("\n").slice(1);
  expect(csv.filter((line) => line.split(",")[3] !== "stopped")).toEqual([]);
  expect(program.groupAlive).toBe(false);
});

test("kill -9 of a worker whose devices were switched off: they stay off until they are started", async () => {
  await using place = await workplace();
  const timeline = [
    { name: "cut", after: "connected", stop: { devices: "50%", how: "powerCut" } },
    { name: "back", after: "cut", at: "8s", start: { devices: "*", over: "1s" } },
  ];
  await using program = await start(place, ["--duration", "30s"], { timeline });
  await place.appears(program, "run.ndjson", '"to":"stopped","how":"powerCut"', DEVICES / 2);
  const before = await place.result("run.ndjson");
  kill((await workersOf(place))[0]);
  expect((await program.ended).exitCode).toBe(0);
  const summary = await checkedSummary(place);
  expect(summary.workers.lost).toBe(1);
  expect(summary.devices).toMatchObject({ connected: DEVICES, failed: 0 });
  // Its next life told of those that were off, before any of them was anything else.
  const cut = /"deviceId":"([^"]+)","from":"[a-z]+","to":"stopped","how":"powerCut"/g;
  const off = new Set([...before.matchAll(cut)].map(([, id]) => id));
  expect(off.size).toBe(DEVICES / 2);
  const after = (await place.result("run.ndjson")).slice(before.length);
  const states = [...after.matchAll(/"deviceId":"([^"]+)","from":"([a-z]+)","to":"([a-z]+)"/g)];
  const first = states.filter(([, id]) => off.has(id)).map(([, , from, to]) => `${from} ${to}`);
  const again = first.filter((step) => step === "waiting stopped");
  expect(again.length).toBeGreaterThan(0);
  expect(first.slice(0, again.length)).toEqual(again);
  const rows = summary.timeline.map(({ done, failed }) => ({ done, failed }));
  expect(rows).toEqual([
    { done: DEVICES / 2, failed: 0 },
    { done: DEVICES, failed: 0 },
  ]);
});

test("workers that are killed again and again are given up: exit 4 with all files", async () => {
  await using place = await workplace();
  await using program = await start(place, ["--duration", "120s"]);
  // While they start for the first time, one that is given up ends the run before the other is.
  await place.appears(program, "run.ndjson", STREAMING, 1);
  for (let started = 1; started <= WORKERS * 4; started += 1) {
    await place.appears(program, "run.ndjson", STARTED, started);
    kill((await workersOf(place))[started - 1]);
  }
  expect((await program.ended).exitCode).toBe(4);
  const summary = await checkedSummary(place);
  expect(summary.verdict).toBe("failed");
  expect(summary.workers.lost).toBe(WORKERS * 4);
  expect(program.groupAlive).toBe(false);
});

const interruptions: readonly { name: string; until: readonly [text: string, times: number] }[] = [
  { name: "the first worker starts", until: [STARTED, 1] },
  { name: "the first device registers", until: ['"to":"registering"', 1] },
  { name: "the first device connects", until: ['"to":"connecting"', 1] },
  { name: "half of the fleet streams", until: [STREAMING, DEVICES / 2] },
  { name: "all stream", until: [STREAMING, DEVICES] },
];

test.each(interruptions)("Ctrl-C when $name ends 130 with all files", async ({ until }) => {
  await using place = await workplace();
  await using program = await start(place, ["--duration", "120s"]);
  await place.appears(program, "run.ndjson", ...until);
  program.signalGroup("SIGINT");
  expect((await program.ended).exitCode).toBe(130);
  const summary = await checkedSummary(place);
  expect(summary.verdict).toBe("interrupted");
  expect(summary.workers.lost).toBe(0);
  expect(program.groupAlive).toBe(false);
});

test("a worker that hangs is cut off at the end, and the others' results are whole", async () => {
  await using place = await workplace();
  await using program = await start(place, ["--duration", "10s"]);
  await place.appears(program, "run.ndjson", STREAMING, DEVICES);
  process.kill((await workersOf(place))[0] ?? 0, "SIGSTOP");
  expect((await program.ended).exitCode).toBe(0);
  const summary = await checkedSummary(place);
  expect(summary.devices).toMatchObject({ connected: DEVICES, failed: 0 });
  expect(program.groupAlive).toBe(false);
});

test("an emulator that hangs does not keep the run from its end", async () => {
  await using place = await workplace();
  await using program = await start(place, ["--duration", "10s"]);
  await place.appears(program, "run.ndjson", STREAMING, DEVICES);
  const workers = await workersOf(place);
  const [emulator] = program
    .groupPids()
    .filter((pid) => pid !== program.pid && !workers.includes(pid));
  process.kill(emulator ?? 0, "SIGSTOP");
  await program.ended;
  const summary = await checkedSummary(place);
  expect(summary.ledger).toBeNull();
  expect(summary.telemetry.unacked).toBeGreaterThan(0);
  expect(program.groupAlive).toBe(false);
});
