import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LatencyHistogram } from "../../src/metrics/histogram.ts";
import { runHere } from "../support/cli.ts";
import { temporaryDir } from "../support/pki.ts";
import { runPlan, runSnapshot } from "../support/run-events.ts";

/** A record that was cut off, of a run in which two messages took so long. */
async function record(dir: string, ms: number): Promise<void> {
  const histogram = new LatencyHistogram();
  histogram.record(ms);
  histogram.record(ms);
  const events = [
    runPlan({ devices: 1 }),
    { type: "fleet", t: 0, devices: [{ registrationId: "cave-1", model: "cheese-cave" }] },
    runSnapshot({
      t: 2_000,
      counters: { telemetry_sent: 2, telemetry_acked: 2 },
      histograms: { telemetry_ms: histogram.encode() },
    }),
  ];
  await mkdir(dir);
  const lines = events.map((event) => JSON.stringify(event));
  await writeFile(join(dir, "run.ndjson"), `${lines.join("\n")}\n{"type":"sta`);
}

test("report makes the files of a run that was killed, and says where its record ends", async () => {
  using folder = temporaryDir();
  await record(join(folder.path, "one"), 10);
  const { exitCode, stdout } = await runHere(folder.path, ["report", "one"]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("! the record ends at 2.0 s, without an end");
  expect(stdout).toContain("interrupted");
  expect((await readdir(join(folder.path, "one"))).toSorted()).toEqual(
    expect.arrayContaining(["devices.csv", "junit.xml", "run.ndjson", "summary.json"]),
  );
});

test("report --out leaves the run as it is, and takes no folder that holds another", async () => {
  using folder = temporaryDir();
  await record(join(folder.path, "one"), 10);
  await record(join(folder.path, "two"), 10);
  const again = await runHere(folder.path, ["report", "one", "--out", "again", "--json"]);
  expect(again.exitCode).toBe(0);
  expect(JSON.parse(again.stdout)).toMatchObject({ verdict: "interrupted" });
  expect(await readdir(join(folder.path, "one"))).toEqual(["run.ndjson"]);
  const taken = await runHere(folder.path, ["report", "one", "--out", "two"]);
  expect(taken.exitCode).toBe(2);
  expect(taken.stderr).toContain("found run.ndjson");
});

test("a run compared with itself shows no change", async () => {
  using folder = temporaryDir();
  await record(join(folder.path, "one"), 10);
  const threshold = ["--threshold", "telemetry_ms p(95) == 0%"];
  const { exitCode, stdout } = await runHere(folder.path, [
    "report",
    "compare",
    "one",
    "one",
    ...threshold,
  ]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^telemetry_ms p\(95\) +10\.0 ms +10\.0 ms +no change$/m);
  expect(stdout).toContain("\nno change\n");
  expect(stdout).not.toMatch(/[+-]\d/);
});

test("compare tells what changed, judges it, and warns of runs that are not alike", async () => {
  using folder = temporaryDir();
  await record(join(folder.path, "before"), 10);
  await record(join(folder.path, "after"), 20);
  const args = ["report", "compare", "before", "after"];
  const judged = await runHere(folder.path, [...args, "--threshold", "telemetry_ms p(50) < +50%"]);
  expect(judged.exitCode).toBe(99);
  expect(judged.stdout).toMatch(/^telemetry_ms p\(50\) +10\.0 ms +20\.0 ms +\+100\.0 %$/m);
  expect(judged.stdout).toContain("✗ telemetry_ms p(50) < +50%  changed by 100.0 %");
  expect(judged.stdout).toContain("! not alike: the record of the first ends early");
  const json = await runHere(folder.path, [...args, "--json"]);
  expect(json.exitCode).toBe(0);
  expect(JSON.parse(json.stdout)).toMatchObject({ thresholds: [] });
});

test("what cannot be compared ends 2 with its place", async () => {
  using folder = temporaryDir();
  await record(join(folder.path, "one"), 10);
  const missing = await runHere(folder.path, ["report", "compare", "one", "two"]);
  expect(missing).toMatchObject({ exitCode: 2 });
  expect(missing.stderr).toContain("two/run.ndjson");
  const nothing = await runHere(folder.path, ["report"]);
  expect(nothing.exitCode).toBe(2);
  expect(nothing.stderr).toContain("RUN: expected the folder of a run, got nothing");
  const wrong = await runHere(folder.path, [
    "report",
    "compare",
    "one",
    "one",
    "--threshold",
    "telemetry_ms p(95) < 5s",
  ]);
  expect(wrong.exitCode).toBe(2);
  expect(wrong.stderr).toContain("expected a change in percent such as +10%, got 5");
});

test("what a run wrote after its disk took no more events stays", async () => {
  using folder = temporaryDir();
  const dir = join(folder.path, "one");
  await record(dir, 10);
  const whole = { verdict: "passed", run: { durationS: 30 } };
  await writeFile(join(dir, "summary.json"), JSON.stringify(whole));
  const { exitCode, stderr } = await runHere(folder.path, ["report", "one"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("got passed after 30.0 s; the record ends at 2.0 s");
  expect((await readdir(dir)).toSorted()).toEqual(["run.ndjson", "summary.json"]);
  expect(await runHere(folder.path, ["report", "one", "--out", "two"])).toMatchObject({
    exitCode: 0,
  });
  // What was made of the record before is no more than that.
  const killed = { verdict: "interrupted", run: { durationS: 2 } };
  await writeFile(join(dir, "summary.json"), JSON.stringify(killed));
  expect(await runHere(folder.path, ["report", "one"])).toMatchObject({ exitCode: 0 });
});

test("what is an option of report itself is none of the commands below it", async () => {
  using folder = temporaryDir();
  await record(join(folder.path, "one"), 10);
  const { exitCode, stderr } = await runHere(folder.path, [
    "report",
    "compare",
    "one",
    "one",
    "--out",
    "two",
  ]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("--out: expected an option, got an unknown one");
});

test("names of a record that came from elsewhere move no cursor and are no markup", async () => {
  using folder = temporaryDir();
  await record(join(folder.path, "one"), 10);
  const scenario = "<script>x</script>\u001B[2J\u009B1A";
  const hub = `${scenario}.azure-devices.net`;
  const events = [
    runPlan({ devices: 1, scenario }),
    { type: "fleet", t: 0, devices: [{ registrationId: scenario, model: scenario }] },
    { type: "registration", t: 1, deviceId: scenario, hub, attempts: 1, ms: 1, phases: {} },
  ];
  const dir = join(folder.path, "two");
  await mkdir(dir);
  await writeFile(join(dir, "run.ndjson"), events.map((event) => JSON.stringify(event)).join("\n"));
  const { exitCode, stdout } = await runHere(folder.path, ["report", "two"]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("<script>x</script>");
  const { stdout: compared } = await runHere(folder.path, ["report", "compare", "one", "two"]);
  expect(compared).toContain("! not alike: scenario small and <script>x</script>");
  for (const control of ["\u001B", "\u009B"]) expect(stdout + compared).not.toContain(control);
  expect(await readFile(join(dir, "report.html"), "utf8")).not.toContain("<script");
});
