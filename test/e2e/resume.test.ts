import { expect, test } from "vitest";

import type { RunEvent } from "../../src/output/output.ts";
import { runHere } from "../support/cli.ts";
import { isAlive, Program, workerPids, workplace } from "../support/program.ts";
import { checkedSummary } from "../support/run-accounts.ts";
import { eventsOf } from "../support/rebuilt.ts";

const DEVICES = 10;

test("a run whose supervisor is killed goes on: nobody registers twice, numbers go on, the ledger closes", async () => {
  await using place = await workplace();
  const scenario = await place.scenario({
    duration: "7s",
    timeline: [
      { at: "0s", after: "connected", mark: "all are there" },
      { at: "6900ms", mark: "the end is near" },
    ],
  });
  const where = ["--out", place.out, "--certs", place.certs, "--workers", "2"];
  await using killed = new Program(["run", scenario, "--devices", String(DEVICES), ...where]);
  await place.appears(killed, "run.ndjson", '"type":"action"');
  // One more snapshot: all times until then are told.
  const told = (await place.result("run.ndjson")).split('"type":"snapshot"').length - 1;
  await place.appears(killed, "run.ndjson", '"type":"snapshot"', told + 1);
  const workers = workerPids(await place.result("run.ndjson"));
  const alive = await runHere(place.dir, ["run", "--resume", place.out]);
  expect(alive.exitCode).toBe(2);
  expect(alive.stderr).toContain("it is still going on, as process");

  killed.signal("SIGKILL");
  await killed.ended;
  const changed = await runHere(place.dir, ["run", "--resume", place.out, "--devices", "11"]);
  expect(changed.exitCode).toBe(2);
  expect(changed.stderr).toContain("--devices: expected nothing beside --resume");

  await using resumed = new Program(["run", "--resume", place.out]);
  const { exitCode, stdout, stderr } = await resumed.ended;
  expect(stderr).toBe("");
  expect(stdout).toContain("the run goes on where it was cut short");
  expect(exitCode).toBe(0);
  expect(workers.filter(isAlive)).toEqual([]);
  const summary = await checkedSummary(place);
  expect(summary.run.resumed).toBe(true);
  expect(summary.run.durationS).toBeCloseTo(7, 0);
  expect(summary.registration).toMatchObject({ attempts: DEVICES, assigned: DEVICES });
  expect(summary.connection.opened).toBeGreaterThan(DEVICES);
  expect(summary.timeline).toMatchObject([{ roundsEnded: 1 }, { roundsEnded: 1 }]);

  const events: RunEvent[] = [];
  for await (const event of eventsOf(place.out)) events.push(event);
  const once = events.filter(({ type }) => type === "plan" || type === "begin");
  expect(once).toHaveLength(2);
  expect(events.flatMap((event) => (event.type === "resume" ? [event.boot] : []))).toEqual([2]);

  const again = await runHere(place.dir, ["run", "--resume", place.out]);
  expect(again.exitCode).toBe(2);
  expect(again.stderr).toContain("a run that came to its end leaves none");
});
