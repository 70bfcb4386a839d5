import { expect, test } from "vitest";

import { parseSummary } from "../../src/output/summary-schema.ts";
import { Program, workplace } from "../support/program.ts";

const entry = (name: string, more: Readonly<Record<string, unknown>> = {}) => ({
  model: "cheese-cave",
  count: 1,
  registrationId: `${name}-{n}`,
  telemetry: { interval: "1s" },
  ...more,
});
const defect = (name: string) =>
  entry(name, { credentials: { format: "pem", defect: name }, expect: "refused" });

/** Runs a fleet against an emulator of its own. */
async function runOf(fleet: readonly unknown[], duration = "2s") {
  await using place = await workplace();
  const scenario = await place.scenario({
    emulator: { retryAfterS: 0 },
    fleet,
    arrival: { burst: "all" },
    duration,
    timeline: [],
    thresholds: undefined,
  });
  const flags = ["--workers", "1", "--certs", place.certs, "--out", place.out, "--no-web"];
  await using program = new Program(["run", scenario, ...flags]);
  const { exitCode, stdout, stderr } = await program.ended;
  const summary = parseSummary(JSON.parse(await place.result("summary.json")));
  return { exitCode, text: stdout + stderr, summary, junit: await place.result("junit.xml") };
}

test("a run passes where services refuse exactly the devices that are bad on purpose", async () => {
  const { exitCode, summary, text } = await runOf([
    entry("good"),
    ...["expired", "not-yet-valid", "wrong-ca", "wrong-cn", "self-signed", "broken-chain"].map(
      defect,
    ),
  ]);
  expect(text).toContain("6 of 6 as expected");
  expect(summary).toMatchObject({
    verdict: "passed",
    devices: { planned: 7, assigned: 1, toBeRefused: 6, refused: 6, unexpected: 0 },
    unexpected: [],
    registration: { failed: { unauthorized: 0 } },
  });
  expect(exitCode).toBe(0);
});

test("a run fails where a device is let in that must not be, or another class comes than expected", async () => {
  const { exitCode, summary, junit } = await runOf([
    entry("good"),
    entry("let-in", { expect: "refused" }),
    { ...defect("expired"), class: "disabled" },
  ]);
  expect(summary.unexpected).toMatchObject([
    { expected: "unauthorized", observed: "admitted", registrationIds: ["let-in-1"] },
    { expected: "disabled", observed: "unauthorized", registrationIds: ["expired-1"] },
  ]);
  expect(junit).toContain("expected to be refused as unauthorized, got let in: let-in-1");
  expect(exitCode).toBe(99);
});

test("a fleet of which nobody is to be let in passes, and ends when all are refused", async () => {
  const { exitCode, summary } = await runOf([defect("expired")], "10m");
  expect(summary.verdict).toBe("passed");
  expect(exitCode).toBe(0);
});
