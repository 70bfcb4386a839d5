import { existsSync } from "node:fs";

import { expect, test } from "vitest";

import { runHere } from "../support/cli.ts";
import { Program, workplace } from "../support/program.ts";
import { checkedSummary } from "../support/run-accounts.ts";

test("a run is steered from its first device to its verdict", async () => {
  await using place = await workplace();
  const scenario = await place.scenario({
    duration: "10m",
    emulator: { retryAfterS: 0 },
    arrival: { rate: "1/m" },
    thresholds: ["telemetry_missing == 0", "devices_assigned >= 4"],
  });
  const args = ["--workers", "2", "--out", place.out, "--certs", place.certs];
  await using program = new Program(["run", scenario, ...args]);
  /** What `ctl` prints, or why not. */
  const ctl = async (...words: readonly string[]): Promise<string> => {
    const end = await runHere(place.dir, ["ctl", ...words, "--run", place.out]);
    return `${end.exitCode} ${end.stdout}${end.stderr}`;
  };
  await place.appears(program, "run.ndjson", '"to":"streaming"', 1);
  expect(await ctl("pause")).toMatch(/^0 arrival paused: 1 of 6 started, paused/);
  expect(await ctl("rate", "--arrival", "100/s")).toMatch(/1 of 6 started, paused/);
  expect(await ctl("resume")).toMatch(/^0 arrival goes on: /);
  await place.appears(program, "run.ndjson", '"to":"streaming"', 6);
  expect(await ctl("pause")).toMatch(/^3 error: all 6 devices have been started already/);
  expect(await ctl("scale", "4")).toMatch(/^0 4 of 6 devices wanted$/m);
  expect(await ctl("scale", "6", "--no-wait")).toMatch(/^0 all 6 devices wanted/);
  await place.appears(program, "run.ndjson", '"to":"streaming"', 8);
  const [first, second] = await Promise.all([
    ctl("rate", "--telemetry", "100ms", "--devices", "*device1"),
    ctl("twin", "--devices", "2", "--desired", '{"temperature": 50.5}'),
  ]);
  expect(first).toMatch(/^0 1 device told to send every 100ms/);
  expect(second).toMatch(/^0 action 0 begins/);
  expect(await ctl("fault", "disconnect", "--devices", "*device2")).toMatch(/^0 action 1 begins/);
  expect(
    await ctl("act", '{"stop": {"devices": "*device3", "how": "powerCut", "for": "100ms"}}'),
  ).toMatch(/^0 action 2 begins/);
  expect(await ctl("fault", "jem", "--devices", "5%")).toMatch(
    /^2 error: .*\n.*has no fault "jem"/,
  );
  await place.appears(program, "run.ndjson", '"kind":"fault","at"', 2);
  await place.appears(program, "run.ndjson", '"kind":"stop","at"', 2);
  const status = await runHere(place.dir, ["ctl", "status", "--run", place.out, "--json"]);
  expect(JSON.parse(status.stdout)).toMatchObject({
    status: { phase: "running", scale: { wanted: 6, of: 6 }, durationMs: 600_000 },
  });
  expect(await ctl("stop")).toMatch(/^0 the run stops its devices/);
  const { exitCode, stdout, stderr } = await program.ended;
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(stdout).toContain("by hand: pause");
  expect(existsSync(`${place.out}/control.json`)).toBe(false);
  expect(await ctl("stop")).toMatch(/^3 error: nobody steers the run in .* it is over/);
  const summary = await checkedSummary(place);
  expect(summary.verdict).toBe("passed");
  expect(summary.control.map(({ request, outcome }) => [request["do"], outcome])).toEqual([
    ["pause", "done"],
    ["rate", "done"],
    ["resume", "done"],
    ["pause", "refused"],
    ["scale", "done"],
    ["scale", "done"],
    ...(summary.control[6]?.request["do"] === "rate" ? ["rate", "act"] : ["act", "rate"]).map(
      (what) => [what, "done"],
    ),
    ["act", "done"],
    ["act", "done"],
    ["act", "refused"],
    ["stop", "done"],
  ]);
  expect(summary.twin.actions).toMatchObject([{ selected: 2, patched: 2, acknowledged: 2 }]);
  expect(summary.timeline).toMatchObject([
    { action: 0, kind: "twin", done: 2 },
    { action: 1, kind: "fault", done: 1 },
    { action: 2, kind: "stop", done: 1 },
  ]);
  expect(program.groupAlive).toBe(false);
});
