import { expect, test } from "vitest";

import { parseSummary } from "../../src/output/summary-schema.ts";
import { Program, workplace } from "../support/program.ts";

test("a running fleet picks up what `certs renew --confirm` puts in place, and goes on", async () => {
  await using place = await workplace();
  const certs = ["--certs", place.certs];
  const scenario = await place.scenario({ emulator: { retryAfterS: 0 }, duration: undefined });
  const args = ["--devices", "4", "--workers", "2", ...certs, "--out", place.out];
  await using fleet = new Program(["run", scenario, ...args]);
  await place.appears(fleet, "run.ndjson", '"to":"streaming"', 4);

  const renewed = ["cheesecave-device1", "cheesecave-device3"];
  for (const step of [[], ["--confirm"]]) {
    await using renew = new Program(["certs", "renew", ...renewed, ...step, ...certs]);
    const { exitCode, stderr } = await renew.ended;
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  }
  await place.appears(fleet, "run.ndjson", '"state":"inUse"', 2);
  fleet.signal("SIGINT");
  const { exitCode, stdout } = await fleet.ended;
  expect(exitCode).toBe(0);
  for (const id of renewed) expect(stdout).toContain(`${id} rolled to its new certificate`);
  const summary = parseSummary(JSON.parse(await place.result("summary.json")));
  expect(summary).toMatchObject({ devices: { connected: 4, failed: 0 }, ledger: { missing: 0 } });
  expect(summary.connection.lost).toBe(0);
  const events = await place.result("run.ndjson");
  expect(events).not.toContain('"state":"refused"');
});
