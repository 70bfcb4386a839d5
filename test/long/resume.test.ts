import { expect, test } from "vitest";

import { parseJournalLine } from "../../src/run/journal/journal-line.ts";
import type { Workplace } from "../support/program.ts";
import { isAlive, Program, workerPids, workplace } from "../support/program.ts";
import { expectSameFiles } from "../support/rebuilt.ts";
import { checkedSummary } from "../support/run-accounts.ts";

const DEVICES = 40;
const STREAMING = '"to":"streaming"';

async function start(place: Workplace): Promise<Program> {
  const scenario = await place.scenario({ arrival: { rate: "20/s" }, duration: "20s" });
  const fleet = ["--devices", String(DEVICES), "--workers", "2"];
  return new Program(["run", scenario, ...fleet, "--out", place.out, "--certs", place.certs]);
}

/** Until all stream, and what they told is told once more. */
async function steady(place: Workplace, program: Program): Promise<void> {
  await place.appears(program, "run.ndjson", STREAMING, DEVICES);
  const told = (await place.result("run.ndjson")).split('"type":"snapshot"').length;
  await place.appears(program, "run.ndjson", '"type":"snapshot"', told + 1);
}

async function emulatorPid(place: Workplace): Promise<number> {
  const lines = (await place.result("journal.ndjson")).trim().split("\n");
  const pids = lines.flatMap((line) => {
    const told = parseJournalLine(JSON.parse(line));
    return told.type === "emulator" ? [told.process?.pid ?? 0] : [];
  });
  return pids.at(-1) ?? 0;
}

const kill = (pid: number | undefined): void => void process.kill(pid ?? 0, "SIGKILL");

interface Kill {
  readonly name: string;
  readonly act: (place: Workplace, program: Program) => Promise<void>;
}

const kills: readonly Kill[] = [
  {
    name: "the supervisor",
    act: async (_place, program) => program.signal("SIGKILL"),
  },
  { name: "the emulator", act: async (place) => kill(await emulatorPid(place)) },
  {
    name: "a worker, and the supervisor before it is back",
    act: async (place, program) => {
      kill(workerPids(await place.result("run.ndjson"))[0]);
      await place.appears(program, "run.ndjson", '"state":"lost"');
      program.signal("SIGKILL");
    },
  },
  {
    name: "all together",
    act: async (_place, program) => program.signalGroup("SIGKILL"),
  },
];

test.each(kills)("kill -9 of $name: the run is resumed, and its ledger closes", async ({ act }) => {
  await using place = await workplace();
  await using program = await start(place);
  await steady(place, program);
  const pids = [...workerPids(await place.result("run.ndjson")), await emulatorPid(place)];
  await act(place, program);
  await program.ended;
  await using resumed = new Program(["run", "--resume", place.out]);
  expect(await resumed.ended).toMatchObject({ exitCode: 0 });
  expect(pids.filter(isAlive)).toEqual([]);
  const summary = await checkedSummary(place);
  expect(summary.run.resumed).toBe(true);
  expect(summary.registration).toMatchObject({ attempts: DEVICES, assigned: DEVICES });
  expect(summary.devices).toMatchObject({ assigned: DEVICES, connected: DEVICES, failed: 0 });
  expect(summary.ledger?.ingested).toBeGreaterThan(DEVICES);
  expect(resumed.groupAlive).toBe(false);
});

test("a run that is killed while its devices arrive, again and again, comes to its end with one record for each", async () => {
  await using place = await workplace();
  let program = await start(place);
  for (const connected of [5, 15, 30]) {
    await place.appears(program, "run.ndjson", STREAMING, connected);
    program.signalGroup("SIGKILL");
    await program.ended;
    program = new Program(["run", "--resume", place.out]);
  }
  expect(await program.ended).toMatchObject({ exitCode: 0 });
  // Of the last second before a kill there are events, and no times: the ledger is whole nevertheless.
  const summary = await expectSameFiles(place.out);
  expect(summary.ledger).toMatchObject({ missing: 0, duplicated: 0, outOfOrder: 0 });
  expect(summary.devices).toMatchObject({ assigned: DEVICES, connected: DEVICES, failed: 0 });
  expect(Object.values(summary.registration.byHub)).toEqual([DEVICES]);
  const boots = (await place.result("run.ndjson")).match(/"type":"resume"/g);
  expect(boots).toHaveLength(3);
});

test("a run that was interrupted goes on, and its results are written anew", async () => {
  await using place = await workplace();
  await using program = await start(place);
  await steady(place, program);
  program.signalGroup("SIGINT");
  expect((await program.ended).exitCode).toBe(130);
  expect((await checkedSummary(place)).verdict).toBe("interrupted");
  await using resumed = new Program(["run", "--resume", place.out]);
  expect((await resumed.ended).exitCode).toBe(0);
  const summary = await checkedSummary(place);
  expect(summary.verdict).toBe("passed");
  expect(summary.registration).toMatchObject({ attempts: DEVICES, assigned: DEVICES });
});
