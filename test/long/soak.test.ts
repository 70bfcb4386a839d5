import { expect, test } from "vitest";

import { Program, workplace } from "../support/program.ts";
import { checkedSummary } from "../support/run-accounts.ts";

test("200 devices stream for two minutes, each message counted once", async () => {
  await using place = await workplace();
  const told = Array.from({ length: 50 }, (_, n) => `cheesecave-device${n + 1}`);
  const scenario = await place.scenario({
    arrival: { rate: "100/s" },
    duration: "2m",
    timeline: [
      { at: "40s", twin: { devices: told, desired: { temperature: 51 } } },
      { at: "80s", twin: { devices: told, desired: { temperature: 52 } } },
    ],
  });
  const args = ["--devices", "200", "--telemetry-interval", "1s", "--save-messages"];
  const where = ["--out", place.out, "--certs", place.certs];
  await using program = new Program(["run", scenario, ...args, ...where]);
  const { exitCode, stderr } = await program.ended;
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  const summary = await checkedSummary(place);
  expect(summary.devices).toMatchObject({ connected: 200, failed: 0 });
  expect(summary.connection).toMatchObject({ opened: 200, lost: 0 });
  expect(summary.telemetry).toMatchObject({ failed: 0, unacked: 0 });
  expect(summary.ledger?.ingested).toBe(summary.telemetry.sent);
  expect(summary.twin.actions).toMatchObject([
    { selected: 50, received: 50, acknowledged: 50, receivedByOthers: 0 },
    { selected: 50, received: 50, acknowledged: 50, receivedByOthers: 0 },
  ]);
  const saved = (await place.result("messages.ndjson")).trim().split("\n");
  expect(new Set(saved.map((line) => line.replace(/,"at".*/, ""))).size).toBe(saved.length);
  expect(saved).toHaveLength(summary.telemetry.sent);
});
