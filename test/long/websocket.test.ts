import { expect, test } from "vitest";

import { parseSummary } from "../../src/output/summary-schema.ts";
import { Program, workplace } from "../support/program.ts";

test("a fleet streams over WebSocket to the run's own emulator, whatever proxy there is", async () => {
  await using place = await workplace();
  const scenario = await place.scenario({ emulator: { retryAfterS: 0 }, duration: "2s" });
  const args = [
    "--devices",
    "4",
    "--transport",
    "mqtt-ws",
    "--out",
    place.out,
    "--certs",
    place.certs,
  ];
  await using program = new Program(["run", scenario, ...args], {
    HTTPS_PROXY: "http://nobody.invalid:3128",
  });
  const { exitCode, stderr } = await program.ended;
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  const summary = parseSummary(JSON.parse(await place.result("summary.json")));
  expect(summary.devices).toEqual({ planned: 4, assigned: 4, connected: 4, failed: 0 });
  expect(summary.telemetry.acked).toBeGreaterThan(0);
  expect(summary.ledger).toMatchObject({ missing: 0, acked: summary.telemetry.acked });
});
