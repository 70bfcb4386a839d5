import { readFile } from "node:fs/promises";

import { expect, test } from "vitest";

import { parseSummary } from "../../src/output/summary-schema.ts";
import { isAlive, Program, workerPids, workplace } from "../support/program.ts";
import { hasXmllint, junitProblems } from "../support/xmllint.ts";
import { expectRebuilt } from "../support/rebuilt.ts";

test("thirty caves are provisioned, stream, and the one that is told to follows alone", async () => {
  await using place = await workplace();
  const scenario = await place.scenario({
    // Assigned with the first poll: on a busy machine too the device is there when its twin changes.
    emulator: { retryAfterS: 0 },
    duration: "6500ms",
    timeline: [
      { at: "4500ms", twin: { devices: "cheesecave-device1", desired: { temperature: 50.123 } } },
      // Eleven of them, whose times are held against an exact computation below.
      { at: "4600ms", twin: { devices: "cheesecave-device2*", desired: { temperature: 40.5 } } },
    ],
  });
  const args = ["--devices", "30", "--out", place.out, "--certs", place.certs, "--save-messages"];
  await using program = new Program(["run", scenario, "--no-web", ...args]);
  const { exitCode, stdout, stderr } = await program.ended;
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  expect(stdout).toContain("passed");
  const summary = parseSummary(JSON.parse(await place.result("summary.json")));
  expect(summary.devices).toMatchObject({ planned: 30, assigned: 30, connected: 30, failed: 0 });
  expect(summary.telemetry.acked).toBe(summary.telemetry.sent);
  expect(summary.ledger).toMatchObject({ missing: 0, duplicated: 0, outOfOrder: 0 });
  expect(summary.ledger?.acked).toBe(summary.telemetry.acked);
  expect(summary.twin.actions[0]).toMatchObject({
    selected: 1,
    patched: 1,
    received: 1,
    acknowledged: 1,
    receivedByOthers: 0,
  });
  expect(summary.twin.actions[1]).toMatchObject({ selected: 11, patched: 11, acknowledged: 11 });
  expect((await place.result("devices.csv")).trim().split("\n")).toHaveLength(31);
  const saved = (await place.result("messages.ndjson")).trim().split("\n");
  expect(saved).toHaveLength(summary.telemetry.sent);
  const events = (await place.result("run.ndjson")).trim().split("\n");
  expect(events[0]).toContain('"type":"plan"');
  const made = events.find((line) => line.includes('"type":"enrollment"'));
  expect(JSON.parse(made ?? "null")).toMatchObject({ done: "created", ownEmulator: true });
  expect(events.at(-1)).toContain('"type":"summary"');
  await expectRebuilt(place.out);
  expect(program.groupAlive).toBe(false);
});

test("with latencies and geoLatency every device comes to the nearest hub", async () => {
  await using place = await workplace();
  const [far, near] = ["far-hub.azure-devices.net", "near-hub.azure-devices.net"];
  const scenario = await place.scenario({
    emulator: { retryAfterS: 0, hubs: [far, near], latencies: { [far]: 80, [near]: 5 } },
    provisioning: { group: "caves", allocation: "geoLatency" },
    duration: "1h",
  });
  const args = ["--devices", "8", "--out", place.out, "--certs", place.certs];
  await using program = new Program(["run", scenario, ...args]);
  await program.printed(/8 streaming/);
  program.signal("SIGINT");
  expect((await program.ended).exitCode).toBe(130);
  const { registration } = parseSummary(JSON.parse(await place.result("summary.json")));
  expect(registration.byHub).toEqual({ [near]: 8 });
});

test("with --json stdout is the summary and nothing else", async () => {
  await using place = await workplace();
  const args = ["--duration", "3s", "--out", place.out, "--certs", place.certs, "--json"];
  await using program = new Program(["run", await place.scenario(), ...args]);
  const { exitCode, stdout } = await program.ended;
  expect(exitCode).toBe(0);
  expect(parseSummary(JSON.parse(stdout)).verdict).toBe("passed");
});

test("a worker that is killed comes back, and nothing acknowledged is missing", async () => {
  await using place = await workplace();
  const scenario = await place.scenario({ duration: "9s" });
  const args = ["--devices", "20", "--workers", "2", "--out", place.out, "--certs", place.certs];
  await using program = new Program(["run", scenario, ...args]);
  await program.printed(/20 streaming/);
  const [victim] = workerPids(await place.result("run.ndjson"));
  expect(victim).toBeDefined();
  process.kill(victim ?? 0, "SIGKILL");
  await program.printed(/worker \d restarting/);
  const { exitCode } = await program.ended;
  const summary = parseSummary(JSON.parse(await place.result("summary.json")));
  expect(summary.workers).toEqual({ planned: 2, lost: 1, restarted: 1 });
  expect(summary.registration).toMatchObject({ attempts: 20, assigned: 20 });
  expect(summary.devices).toMatchObject({ connected: 20, failed: 0 });
  expect(summary.ledger).toMatchObject({ missing: 0, duplicated: 0 });
  expect(exitCode).toBe(0);
  const boots = new Set((await place.result("run.ndjson")).match(/"boot":\d/g));
  expect(boots).toEqual(new Set(['"boot":1', '"boot":2']));
});

test("Ctrl-C writes all files, ends 130 and leaves no process", async () => {
  await using place = await workplace();
  const scenario = await place.scenario({ duration: "60s" });
  await using program = new Program(["run", scenario, "--out", place.out, "--certs", place.certs]);
  await program.printed(/6 streaming/);
  program.signalGroup("SIGINT");
  const { exitCode } = await program.ended;
  expect(exitCode).toBe(130);
  const summary = parseSummary(JSON.parse(await place.result("summary.json")));
  expect(summary.verdict).toBe("interrupted");
  expect(await place.result("junit.xml")).toContain('<error type="INTERRUPTED" message="');
  expect(summary.ledger).toMatchObject({ missing: 0 });
  expect(summary.telemetry.unacked).toBe(0);
  const ndjson = await place.result("run.ndjson");
  expect(workerPids(ndjson).filter(isAlive)).toEqual([]);
  expect(program.groupAlive).toBe(false);
});

test("a run without a duration ends 0 when it is stopped", async () => {
  await using place = await workplace();
  const scenario = await place.scenario({ duration: undefined });
  await using program = new Program(["run", scenario, "--out", place.out, "--certs", place.certs]);
  await program.printed(/6 streaming/);
  program.signalGroup("SIGTERM");
  expect((await program.ended).exitCode).toBe(0);
  const summary = parseSummary(JSON.parse(await place.result("summary.json")));
  expect(summary.verdict).toBe("passed");
});

test("a threshold that does not hold ends 99 with all files", async () => {
  await using place = await workplace();
  const args = ["--threshold", "registration_ms p(50) < 1ms", "--threshold", "devices_failed == 0"];
  const where = ["--out", place.out, "--certs", place.certs, "--duration", "3s"];
  const env = { GITHUB_STEP_SUMMARY: `${place.out}-step.md` };
  await using program = new Program(["run", await place.scenario(), ...args, ...where], env);
  const { exitCode, stdout } = await program.ended;
  expect(exitCode).toBe(99);
  expect(stdout).toContain("✗ registration_ms p(50) < 1ms");
  const summary = parseSummary(JSON.parse(await place.result("summary.json")));
  expect(summary.thresholds.map(({ passed }) => passed)).toEqual([false, true]);
  const junit = await place.result("junit.xml");
  expect(junit).toMatch(/<testsuite name="[^"]+" tests="4" failures="1" errors="0"/);
  expect(junit).toContain(
    '<failure type="THRESHOLD_FAILED" message="expected registration_ms p(50) &lt; 1ms, observed ',
  );
  expect(hasXmllint ? junitProblems(junit) : "").toBe("");
  expect(await readFile(env.GITHUB_STEP_SUMMARY, "utf8")).toContain(
    "| ❌ | registration\\_ms p(50) \\< 1ms |",
  );
});
