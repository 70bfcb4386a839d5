import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { parseSummary } from "../../src/output/summary-schema.ts";
import { makePlan } from "../../src/plan/make-plan.ts";
import { parseScenario } from "../../src/scenario/scenario.ts";
import { runHere } from "../support/cli.ts";
import { temporaryDir } from "../support/pki.ts";
import type { Recording } from "../support/recorded-fleet.ts";
import { recordFleet } from "../support/recorded-fleet.ts";

const SCENARIO = `name: caves
provisioning: { group: caves }
fleet: [{ model: cheese-cave, count: 8, registrationId: "cave-{n}" }]
arrival: { rate: 10/s }
duration: 9s
thresholds: [devices_planned == 8, telemetry_acked count < 1]
`;

/** Records two of the parts of a plan in `a` and `b`. */
async function parts(
  dir: string,
  { of = 2, ...more }: Recording & { readonly of?: number } = {},
): Promise<void> {
  const plan = makePlan(parseScenario(SCENARIO, "caves.yaml"), { seed: 1 });
  await recordFleet(join(dir, "a"), plan, { shard: { index: 1, of } });
  await recordFleet(join(dir, "b"), plan, { shard: { index: 2, of }, ...more });
}

test("a threshold that fails over all parts ends the merge 99, and is the failure in junit.xml", async () => {
  using folder = temporaryDir();
  await parts(folder.path);
  const env = { GITHUB_STEP_SUMMARY: join(folder.path, "step.md") };
  const { exitCode, stdout, stderr } = await runHere(
    folder.path,
    ["report", "merge", "b", "a", "--out", "whole"],
    env,
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 99, stderr: "" });
  expect(stdout).toContain("caves: 8 devices, 9.0 s (2 parts merged)");
  expect(stdout).toContain("✓ devices_planned == 8");
  expect(stdout).toContain("results: whole\nreport: whole/report.html\n");
  const junit = await readFile(join(folder.path, "whole", "junit.xml"), "utf8");
  expect(junit).toMatch(/name="telemetry_acked count &lt; 1"[^>]*>\s*<failure/);
  expect(await readFile(env.GITHUB_STEP_SUMMARY, "utf8")).toContain(
    "caves: failed (2 parts merged)",
  );
});

test("--json prints the summary alone; without --out the folder is that of one run", async () => {
  using folder = temporaryDir();
  await parts(folder.path);
  const { stdout, stderr } = await runHere(folder.path, ["report", "merge", "a", "b", "--json"]);
  expect(parseSummary(JSON.parse(stdout)).run.id).toBe("r-caves");
  expect(stderr).toContain("results: runs/r-caves\n");
  const again = await runHere(folder.path, ["report", "merge", "a", "b"]);
  expect(again.exitCode).toBe(2);
  expect(again.stderr).toContain("found ");
});

test("what is missing is told, and judged only when that is asked for", async () => {
  using folder = temporaryDir();
  await parts(folder.path, { of: 3, begin: "2026-11-22T20:00:03.500Z", ledger: false });
  const args = ["report", "merge", "a", "b", "--out", "whole"];
  const refused = await runHere(folder.path, args);
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain("DIR: expected all 3 parts, got no 3/3");
  expect(refused.stderr).toContain("--partial");
  const { exitCode, stdout } = await runHere(folder.path, [...args, "--partial"]);
  expect(exitCode).toBe(99);
  expect(stdout).toContain("! not the whole plan: 3/3 not given");
  expect(stdout).toContain("! the parts began 3500ms apart");
  expect(stdout).toContain("! not every part has a ledger");
  expect(stdout).toContain("(only parts 1, 2 of 3)");
});

test("a folder that holds no run, and none at all, are refused", async () => {
  using folder = temporaryDir();
  await parts(folder.path);
  const none = await runHere(folder.path, ["report", "merge", "a", "nowhere"]);
  expect(none.exitCode).toBe(2);
  expect(none.stderr).toContain("nowhere");
  const empty = await runHere(folder.path, ["report", "merge"]);
  expect(empty.exitCode).toBe(2);
});
