import { expect, test } from "vitest";

import { parseSummary } from "../../src/output/summary-schema.ts";
import { Program, workplace } from "../support/program.ts";
import { expectRebuilt } from "../support/rebuilt.ts";
import { hasXmllint, junitProblems } from "../support/xmllint.ts";

const HUB = "cheesecave-hub.azure-devices.net";

const entry = (model: string, count: number, interval: string): object => ({
  model,
  count,
  registrationId: `${model}-{n}`,
  telemetry: { interval, jitter: 0 },
});

/** Two models: a cave's messages come often, a belt sends its two once. */
const FLEET = {
  emulator: { retryAfterS: 0 },
  fleet: [entry("cheese-cave", 2, "500ms"), entry("conveyor", 1, "1h")],
  arrival: { rate: "20/s" },
};

test("thresholds by hub, model and phase are judged by that part alone", async () => {
  await using place = await workplace();
  const expected: Readonly<Record<string, boolean>> = {
    "devices_connected{model:conveyor} == 100%": true,
    "devices_planned{model:cheese-cave} == 2": true,
    "telemetry_sent{model:conveyor} == 2": true,
    "telemetry_sent{model:cheese-cave} == 1": false,
    [`registration_ms{hub:${HUB},model:conveyor} count == 1`]: true,
    "registration_ms{hub:other.azure-devices.net} max < 1h": false,
    // It is the time at which they were due that counts, however slow this machine is.
    "registration_ms{phase:arrival} count == 3": true,
    "registration_ms{phase:late} count == 0": true,
    "telemetry_ms{model:conveyor,phase:late} max < 1h": false,
    "telemetry_missing{model:cheese-cave} == 0": true,
    "throttled{phase:arrival} count == 0": true,
  };
  const scenario = await place.scenario({
    ...FLEET,
    duration: "4500ms",
    phases: [
      { name: "arrival", at: "0s" },
      { name: "late", at: "4s" },
    ],
    thresholds: Object.keys(expected),
  });
  const args = ["--out", place.out, "--certs", place.certs];
  await using program = new Program(["run", scenario, ...args]);
  const { exitCode, stderr } = await program.ended;
  expect(stderr).toBe("");
  expect(exitCode).toBe(99);
  const { thresholds } = parseSummary(JSON.parse(await place.result("summary.json")));
  expect(Object.fromEntries(thresholds.map((each) => [each.expression, each.passed]))).toEqual(
    expected,
  );
  expect(thresholds.flatMap(({ hint = [] }) => hint)).toEqual([
    `no device was at hub other.azure-devices.net; there were ${HUB}`,
  ]);
  const record = await place.result("run.ndjson");
  expect(record).toContain(`registration_ms{hub:${HUB},model:conveyor,phase:arrival}`);
  await expectRebuilt(place.out);
});

test("a threshold that is told to ends the run, which is judged and written as any other", async () => {
  await using place = await workplace();
  const scenario = await place.scenario({
    ...FLEET,
    duration: "10m",
    thresholds: [
      { threshold: "telemetry_sent{model:conveyor} == 0", abortOnFail: true, grace: "1s" },
      "telemetry_missing == 0",
    ],
  });
  const env = { GITHUB_STEP_SUMMARY: `${place.out}-step.md` };
  const args = ["--out", place.out, "--certs", place.certs];
  await using program = new Program(["run", scenario, ...args], env);
  const { exitCode, stdout } = await program.ended;
  expect(exitCode).toBe(99);
  const { run, verdict, thresholds } = parseSummary(JSON.parse(await place.result("summary.json")));
  const [aborted, other] = thresholds;
  expect(verdict).toBe("failed");
  expect(aborted).toMatchObject({ observed: 2, passed: false });
  expect(aborted?.abortedAtS).toBeGreaterThanOrEqual(1);
  expect(run.durationS).toBeGreaterThanOrEqual(aborted?.abortedAtS ?? Infinity);
  expect(run.durationS).toBeLessThan(600);
  expect(other).toEqual({
    expression: "telemetry_missing == 0",
    observed: 0,
    unit: "",
    passed: true,
  });
  const when = `at ${aborted?.abortedAtS?.toFixed(1)} s, which ended the run`;
  expect(stdout).toContain(when);
  const junit = await place.result("junit.xml");
  expect(junit).toContain(when);
  expect(hasXmllint ? junitProblems(junit) : "").toBe("");
  await expectRebuilt(place.out);
});
