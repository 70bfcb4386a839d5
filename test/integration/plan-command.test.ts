import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import type { Forecast } from "../../src/run/forecast/forecast.ts";
import { runHere } from "../support/cli.ts";
import { temporaryDir, writeTestFile } from "../support/pki.ts";

const CAVES = fileURLToPath(new URL("../../scenarios/thirty-caves.yaml", import.meta.url));
const PAGE = readFileSync(new URL("../../docs/plan.md", import.meta.url), "utf8");

/** Plans in an empty folder, which stays empty. */
async function plan(...args: readonly string[]) {
  using dir = temporaryDir();
  const end = await runHere(dir.path, ["plan", ...args]);
  expect(readdirSync(dir.path)).toEqual([]);
  return end;
}

async function forecastOf(...args: readonly string[]): Promise<Forecast> {
  const { exitCode, stdout, stderr } = await plan(...args, "--json");
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const printed: Forecast = JSON.parse(stdout);
  return printed;
}

test("thirty caves: 710 messages in two minutes, 6 a second, assigned after 5.9 s", async () => {
  const found = await forecastOf(CAVES);
  expect(found).toMatchObject({
    scenario: "thirty-caves",
    target: "emulator",
    durationS: 120,
    devices: { total: 30, byModel: { "cheese-cave": 30 } },
    arrival: { endS: 2.9, mostPerS: 10 },
    registration: { registrations: 30, endS: 5.9, waiting: 0, limitApplies: false },
    // 20 caves that connect before 5 s send 24 messages each, 10 send 23; a twin action is two operations.
    messages: { perS: 6, run: { messages: 710, twinOperations: 62 } },
    hubs: [{ devices: 30, assumed: false, connectionsPerS: 10 }],
    tier: null,
    firstThrottled: null,
    warnings: [],
  });
  const choices = found.tiers.map(({ tier, units }) => `${tier} ${units ?? "none"}`);
  expect(choices).toEqual(["F1 1", "B1 none", "B2 none", "B3 none", "S1 1", "S2 1", "S3 1"]);
});

test("every member of the JSON is documented", async () => {
  const found = await forecastOf(CAVES, "--tier", "S1", "--devices", "1", "--duration", "4s");
  const names = (value: unknown): readonly string[] =>
    Array.isArray(value)
      ? value.flatMap(names)
      : typeof value === "object" && value !== null
        ? Object.entries(value).flatMap(([key, member]) => [key, ...names(member)])
        : [];
  const missing = [...new Set(names({ ...found, devices: { total: 1, byModel: 1 } }))].filter(
    (name) => !PAGE.includes(`\`${name}\``),
  );
  expect(missing).toEqual([]);
});

test("an emulator's limits are the plan's, and options of its own win", async () => {
  const fleet = [CAVES, "--devices", "90", "--rate", "90/s"];
  const limits = ["--emulator-tier", "F1", "--emulator-dps-limit", "60/m"];
  const emulated = await forecastOf(...fleet, ...limits);
  expect(emulated.tier).toEqual({ tier: "F1", units: 1 });
  expect(emulated.registration).toMatchObject({ limitPerMinute: 60, waiting: 30 });
  expect(emulated.firstThrottled?.limit).toBe("registrationsPerMinute");
  const own = ["--tier", "S1", "--units", "2", "--dps-limit", "1000/m"];
  const given = await forecastOf(...fleet, ...limits, ...own);
  expect(given.tier).toEqual({ tier: "S1", units: 2 });
  expect(given.registration).toMatchObject({ limitPerMinute: 1_000, waiting: 0 });
});

test("of a part, its own devices and messages are told, and limits see the whole", async () => {
  const fleet = [CAVES, "--devices", "90", "--rate", "90/s", "--emulator-dps-limit", "60/m"];
  const whole = await forecastOf(...fleet);
  const parts = [
    await forecastOf(...fleet, "--shard", "1/4"),
    await forecastOf(...fleet, "--shard", "4/4"),
  ];
  expect(whole.part).toBeNull();
  expect(parts.map(({ part }) => part)).toMatchObject([
    { index: 1, of: 4, devices: 23, arrival: { mostPerS: 23 }, messages: { perS: 4.6 } },
    { index: 4, of: 4, devices: 22, messages: { perS: 4.4 } },
  ]);
  for (const part of parts) {
    expect({ ...part, part: null, machine: [] }).toEqual({ ...whole, machine: [] });
  }
  const { stdout } = await plan(...fleet, "--shard", "4/4");
  expect(stdout).toContain("4/4: 22 devices, the last one is due after 1 s");
  const { exitCode, stderr } = await plan(CAVES, "--devices", "3", "--shard", "1/4");
  expect({ exitCode, stderr }).toEqual({
    exitCode: 2,
    stderr: expect.stringContaining("expected at most as many parts as the plan has devices (3)"),
  });
});

test("for people there are ticks and crosses, a curve, and what is short", async () => {
  const azure = [CAVES, "--target", "azure", "--devices", "3000", "--rate", "100/s"];
  const { exitCode, stdout } = await plan(...azure, "--duration", "1m", "--tier", "S1");
  expect(exitCode).toBe(0);
  expect(stdout).toContain("thirty-caves: 3,000 devices,");
  expect(stdout).toMatch(/connected {2}▁.*█/);
  expect(stdout).toContain(
    "3,000 due in the busiest minute, 1,000 allowed: 2,000 are told to wait",
  );
  expect(stdout).toContain("✓ connections a second: 100 of 100");
  expect(stdout).toMatch(/✗ twin updates a second: 1\d\d of 50, exceeded after 3 s/);
  expect(stdout).toContain("throttled ...... first twin updates a second, after 3 s");
  expect(stdout).toContain("warning: duration: 2000 of 3000 devices are not assigned");
});

test("what run would refuse plan refuses, with every problem", async () => {
  const late = await plan(CAVES, "--devices", "600", "--rate", "1/s", "--duration", "5s");
  expect(late.exitCode).toBe(2);
  expect(late.stderr).toContain("600 devices at 1/s arrive over 599s");
  const wrong = await plan(CAVES, "--tier", "S9", "--rate", "fast", "--units", "0");
  expect(wrong.exitCode).toBe(2);
  for (const flag of ["--tier", "--rate", "--units"]) expect(wrong.stderr).toContain(`  ${flag}: `);
  const sizes = await plan(CAVES, "--tier", "S3", "--units", "11");
  expect(sizes.stderr).toContain("--units: expected 1 to 10 units of S3, got 11");
});

test("a model that throws in its first steps cannot be planned, and is told with its line", async () => {
  using dir = temporaryDir();
  const body = `export const model = {
  name: "broken", defaults: {}, checkSettings: () => [],
  create: () => ({
    step: () => { throw new RangeError("no cheese left"); },
    desired: () => undefined, methods: {}, snapshot: () => null, restore: () => {},
  }),
};
`;
  const model = writeTestFile(join(dir.path, "broken.mjs"), body);
  const { exitCode, stderr } = await plan(CAVES, "--model", model);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/"cheesecave-device1" threw RangeError: no cheese left .*broken\.mjs:4/);
});

test("a large run against Azure shows its size, and does nothing without --yes where nobody can be asked", async () => {
  using dir = temporaryDir();
  const scenario = writeTestFile(
    join(dir.path, "fleet.yaml"),
    readFileSync(CAVES, "utf8").replace(/^timeline:\n(?: .*\n)+/m, ""),
  );
  const azure = ["--target", "azure", "--id-scope", "0ne00000001", "--duration", "2h"];
  const { exitCode, stdout, stderr } = await runHere(dir.path, ["run", scenario, ...azure]);
  expect(exitCode).toBe(2);
  expect(stdout).toContain(
    "30 devices, 518,390 messages a day, metered as 518,450 of 4 KiB; 43,190 in this run",
  );
  expect(stderr).toContain(
    "--yes: expected it as the answer to: Register 30 devices through the enrollment group cheesecave-devices in Azure?",
  );
  expect(readdirSync(dir.path)).toEqual(["fleet.yaml"]);
});
