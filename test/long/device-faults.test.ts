import { expect, test } from "vitest";

import { Program, workerPids, workplace } from "../support/program.ts";

interface Told {
  readonly type: string;
  readonly deviceId?: string;
  readonly state?: string;
}

interface Saved {
  readonly deviceId: string;
  readonly boot: number;
  readonly body: string;
}

const linesOf = (text: string): readonly string[] => text.trim().split("\n");

test("devices of a worker that was killed take up the fault that is on, and the run accounts for all", async () => {
  await using place = await workplace();
  const scenario = await place.scenario({
    duration: "20s",
    arrival: { rate: "50/s" },
    timeline: [{ at: "2s", fault: { kind: "notANumber", devices: "*" } }],
  });
  const where = ["--out", place.out, "--certs", place.certs, "--save-messages"];
  const fleet = ["--devices", "4", "--workers", "2", "--telemetry-interval", "500ms"];
  await using program = new Program(["run", scenario, ...fleet, ...where]);
  await place.appears(program, "run.ndjson", '"type":"fault"', 4);
  const [first] = workerPids(await place.result("run.ndjson"));
  if (first === undefined) throw new Error("there is no worker");
  process.kill(first, "SIGKILL");
  expect((await program.ended).exitCode).toBe(0);

  const lines = linesOf(await place.result("run.ndjson"));
  const told = lines.map((line): Told => JSON.parse(line));
  const begun = told.filter(({ type, state }) => type === "fault" && state === "begun");
  expect(new Set(begun.map(({ deviceId }) => deviceId)).size).toBe(4);
  expect(begun).toHaveLength(6);
  const saved = linesOf(await place.result("messages.ndjson"));
  const messages = saved.map((line): Saved => JSON.parse(line));
  const again = messages.filter(({ boot }) => boot === 2);
  expect(again.length).toBeGreaterThan(4);
  expect(again.filter(({ body }) => !body.includes("NaN"))).toEqual([]);
});
