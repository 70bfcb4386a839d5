import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { runHere } from "../support/cli.ts";
import { workplace } from "../support/program.ts";

const LIFE = { type: "life", boot: 1, process: { pid: 1, started: "a boot long ago" } };
const ASKED = { type: "run", version: "0.0.0", cwd: "/", flags: {} };
const PLAN = {
  type: "plan",
  t: 0,
  runId: "r",
  scenario: "s",
  seed: 1,
  target: "emulator",
  startedAt: "2026-11-22T00:00:00Z",
  devices: 1,
  arrivalEndMs: 0,
  durationMs: 9_000,
  timeScale: 1,
  workers: 1,
  phases: [],
  thresholds: [],
  version: "0.0.0",
  asksDps: true,
  shard: null,
  planFingerprint: "f",
  merged: null,
  strict: false,
};
const BEGIN = { type: "begin", t: 0, at: "2026-11-22T00:00:00Z" };

const lines = (...all: readonly object[]): string =>
  all.map((line) => `${JSON.stringify(line)}\n`).join("");

const JOURNAL = lines(ASKED, LIFE);

test.each<[string, Readonly<Record<string, string>>, string, readonly string[]]>([
  ["without a folder", {}, "nowhere", ["nowhere: expected a run's journal.ndjson, found none"]],
  ["that has come to its end", { "run.ndjson": lines(PLAN) }, "run", ["report DIR makes"]],
  [
    "with a journal of something else",
    { "journal.ndjson": `${JOURNAL}{"type":"told"}\n`, "run.ndjson": lines(PLAN) },
    "run",
    ["the journal of this run is damaged", "run/journal.ndjson:3"],
  ],
  [
    "without a record",
    { "journal.ndjson": JOURNAL },
    "run",
    ["run/run.ndjson: expected the events of a run, got: there is no such file"],
  ],
  [
    "with a record of something else",
    { "journal.ndjson": JOURNAL, "run.ndjson": `${lines(PLAN)}{"type":"begun"}\n` },
    "run",
    ["this is not what a run recorded", "run/run.ndjson:2"],
  ],
  [
    "that had not begun",
    { "journal.ndjson": JOURNAL, "run.ndjson": lines(PLAN) },
    "run",
    ["its devices had not started", "run its scenario anew"],
  ],
  [
    "of another version",
    { "journal.ndjson": lines({ ...ASKED, version: "9.9.9" }, LIFE), "run.ndjson": lines(PLAN) },
    "run",
    ["expected a run of version 0.0.0, got one of 9.9.9"],
  ],
])("a run %s is not resumed, and told so", async (_name, files, dir, texts) => {
  await using place = await workplace();
  const run = join(place.dir, "run");
  await mkdir(run);
  for (const [name, text] of Object.entries(files)) await writeFile(join(run, name), text);
  const { exitCode, stderr } = await runHere(place.dir, ["run", "--resume", dir]);
  for (const text of texts) expect(stderr).toContain(text);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(exitCode).toBe(2);
});

test("a run whose scenario is another one now is not resumed", async () => {
  await using place = await workplace();
  const scenario = await place.scenario();
  const asked = { ...ASKED, cwd: place.dir, flags: { scenario } };
  await mkdir(place.out);
  await writeFile(join(place.out, "journal.ndjson"), lines(asked, LIFE));
  await writeFile(join(place.out, "run.ndjson"), lines(PLAN, BEGIN));
  const { exitCode, stderr } = await runHere(place.dir, ["run", "--resume", "out"]);
  expect(stderr).toContain("expected the plan f, got");
  expect(stderr).toContain("has changed since: put it back");
  expect(exitCode).toBe(2);
});

test("what says what is run is refused beside --resume, each by its name; what the environment says is passed over", async () => {
  await using place = await workplace();
  await cp("scenarios/thirty-caves.yaml", join(place.dir, "x.yaml"));
  const beside = ["x.yaml", "--devices", "3", "--seed=7", "--out", "there"];
  const { exitCode, stderr } = await runHere(place.dir, ["run", "--resume", "run", ...beside]);
  for (const name of ["x.yaml", "--devices", "--seed", "--out"]) {
    expect(stderr).toContain(`${name}: expected nothing beside --resume`);
  }
  expect(exitCode).toBe(2);
  const environment = { DPS_FLEET_SEED: "7" };
  const passed = await runHere(place.dir, ["run", "--resume", "run", "--json"], environment);
  expect(passed.stderr).toContain("expected a run's journal.ndjson, found none");
});
