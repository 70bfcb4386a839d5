import { join } from "node:path";

import { expect, test } from "vitest";

import type { RunEvent } from "../../src/output/output.ts";
import type { Summary } from "../../src/output/summary.ts";
import { parseSummary } from "../../src/output/summary-schema.ts";
import { runHere } from "../support/cli.ts";
import { Program, workplace } from "../support/program.ts";
import { eventsOf, expectRebuilt } from "../support/rebuilt.ts";

/** For two runs to be set up, on a busy machine too: one that is late would be refused. */
const AHEAD_MS = 7_000;

/** The events of a type that a run recorded. */
async function told(dir: string, type: RunEvent["type"]): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of eventsOf(dir)) if (event.type === type) events.push(event);
  return events;
}

test("two parts of a plan that begin together at one emulator become one run with one verdict", async () => {
  await using place = await workplace();
  const ports = ["--mqtt-port=0", "--https-port=0"];
  const emulatorArgs = ["emulator", "--json", ...ports, "--retry-after=0", "--certs", place.certs];
  await using emulator = new Program(emulatorArgs);
  const [info] = await emulator.printed(/^\{.*\}\n/);
  const file = await place.file("emulator.json", info);
  const scenario = await place.scenario({
    duration: "6s",
    timeline: [{ at: "2500ms", twin: { devices: "50%", desired: { temperature: 50.123 } } }],
  });
  const at = new Date(Date.now() + AHEAD_MS).toISOString();
  const part = (name: string, args: readonly string[], env = {}): Program => {
    const where = ["--emulator", file, "--certs", place.certs, "--out", join(place.dir, name)];
    return new Program(
      ["run", scenario, "--devices", "6", ...where, "--start-at", at, ...args],
      env,
    );
  };
  await using first = part("part-1", ["--shard", "1/2"]);
  await using second = part("part-2", [], { DPS_FLEET_SHARD: "2/2" });
  for (const { stdout, stderr, exitCode } of [await first.ended, await second.ended]) {
    // A machine that is short of time may log that.
    expect({ stderr, exitCode, stdout }).toMatchObject({ exitCode: 0 });
    expect(stdout).toMatch(/3 devices \(part [12]\/2\)/);
  }
  const dirs = ["part-2", "part-1"];
  const args = ["report", "merge", ...dirs, "--out", "whole", "--json"];
  const { exitCode, stdout } = await runHere(place.dir, args);
  expect(exitCode).toBe(0);
  const whole = parseSummary(JSON.parse(stdout));
  expect(whole.run).toMatchObject({ shard: null, merged: { parts: [1, 2], of: 2 } });
  expect(whole.devices).toMatchObject({ planned: 6, assigned: 6, connected: 6, failed: 0 });
  expect(whole.ledger).toMatchObject({ missing: 0, duplicated: 0, outOfOrder: 0 });
  const parts: Summary[] = [];
  for (const dir of dirs) {
    const [summary] = await told(join(place.dir, dir), "summary");
    if (summary?.type === "summary") parts.push(summary.summary);
    expect(await told(join(place.dir, dir), "begin")).toMatchObject([{ at }]);
  }
  const sum = (of: (summary: Summary) => number): number =>
    parts.reduce((all, summary) => all + of(summary), 0);
  expect(whole.telemetry.acked).toBe(sum(({ telemetry }) => telemetry.acked));
  expect(whole.ledger?.ingested).toBe(sum(({ ledger }) => ledger?.ingested ?? 0));
  expect(whole.registration.ms.count).toBe(6);
  expect(whole.twin.actions).toMatchObject([
    { selected: 3, patched: sum(({ twin }) => twin.actions[0]?.patched ?? 0), receivedByOthers: 0 },
  ]);
  expect(await told(join(place.dir, "whole"), "begin")).toMatchObject([{ t: 0, at }]);
  expect(await told(join(place.dir, "whole"), "enrollment")).toHaveLength(1);
  await expectRebuilt(join(place.dir, "whole"));
});
