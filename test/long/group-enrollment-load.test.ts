import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import type { Summary } from "../../src/output/summary.ts";
import { Program, workplace } from "../support/program.ts";
import { checkedSummary } from "../support/run-accounts.ts";

const SCENARIO = fileURLToPath(
  new URL("../../scenarios/group-enrollment-load.yaml", import.meta.url),
);
/** A part of the scenario at a tenth of Azure's limit: more than a minute of it takes. */
const DEVICES = 150;
const LIMIT_PER_MINUTE = 100;

/** The scenario through a DPS that takes fewer than come; the run says whether its thresholds held. */
async function loadTest(...more: readonly string[]): Promise<Summary> {
  await using place = await workplace();
  const fleet = [`--devices=${DEVICES}`, `--emulator-dps-limit=${LIMIT_PER_MINUTE}/m`];
  const where = ["--out", place.out, "--certs", place.certs];
  await using program = new Program(["run", SCENARIO, ...fleet, ...where, ...more]);
  expect((await program.ended).exitCode).toBe(0);
  return await checkedSummary(place);
}

const ALL = { planned: DEVICES, assigned: DEVICES, connected: DEVICES, failed: 0 };

test("100 devices a second are throttled, come back when they are told to, and lose nothing", async () => {
  // Those of the second minute were told to come back after the first, with a jitter of a quarter.
  const { devices, registration, ledger } = await loadTest("--duration=110s");
  expect(devices).toMatchObject(ALL);
  expect(registration.throttled).toBeGreaterThanOrEqual(DEVICES - LIMIT_PER_MINUTE);
  expect(ledger).toMatchObject({ missing: 0, duplicated: 0 });
});

test("an adaptive arrival finds what DPS takes in a minute, is held just below it, and loses nothing", async () => {
  await using place = await workplace();
  const fleet = ["--devices=400", "--emulator-dps-limit=300/m", "--rate=adaptive"];
  const where = [`--out=${place.out}`, `--certs=${place.certs}`];
  await using program = new Program(["run", SCENARIO, ...fleet, ...where, "--duration=140s"]);
  expect((await program.ended).exitCode).toBe(0);
  const { arrival, devices, ledger, registration } = await checkedSummary(place);
  expect(devices).toMatchObject({ planned: 400, assigned: 400, connected: 400, failed: 0 });
  expect(ledger).toMatchObject({ missing: 0, duplicated: 0 });
  // Where the machine is busy, latency pushes back before the limit does, and less is held.
  expect(arrival).toMatchObject({ started: 400, endS: expect.any(Number) });
  expect(arrival?.firstPushBack).not.toBeNull();
  expect(arrival?.heldPerS).toBeGreaterThan(0);
  expect(arrival?.heldPerS).toBeLessThan(300 / 60);
  expect(registration.throttled).toBeLessThan(40);
});

test("at auto the same fleet is through within 1.1 of the least time, without one 429", async () => {
  // The run ends then, and its thresholds want every device assigned and connected.
  const leastS = (DEVICES / LIMIT_PER_MINUTE) * 60;
  const { devices, registration } = await loadTest("--rate=auto", `--duration=${1.1 * leastS}s`);
  expect(devices).toMatchObject(ALL);
  expect(registration).toMatchObject({ attempts: DEVICES, assigned: DEVICES, throttled: 0 });
});
