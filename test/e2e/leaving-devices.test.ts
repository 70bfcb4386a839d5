import { expect, test } from "vitest";

import { Program, workplace } from "../support/program.ts";
import { checkedSummary } from "../support/run-accounts.ts";

/** Who sends all the time, so that there is something under way whenever a device leaves. */
const FLEET = {
  emulator: { retryAfterS: 0 },
  provisioning: { group: "g", cache: true },
  fleet: [
    {
      model: "cheese-cave",
      count: 8,
      registrationId: "cave-{n}",
      telemetry: { interval: "20ms", jitter: "10%" },
    },
  ],
  duration: undefined,
  timeline: [
    { name: "away", after: "connected", stop: { devices: "cave-1", for: "300ms" } },
    { name: "cut", after: "connected", stop: { devices: ["cave-2", "cave-3"], how: "powerCut" } },
    { name: "back", after: "cut", start: { devices: "cave-*", over: "100ms" } },
    {
      name: "held",
      after: "back",
      fault: { kind: "disconnect", devices: ["cave-1", "cave-2"], for: "200ms" },
    },
    {
      name: "churn",
      after: "back",
      churn: {
        devices: ["cave-4", "cave-5", "cave-6"],
        rate: "20/s",
        away: "50ms",
        for: "300ms",
        how: "powerCut",
      },
    },
    { name: "spoilt", after: "held", fault: { kind: "dropout", devices: 3, for: "50ms" } },
    { name: "shut", after: "churn", stop: { devices: "cave-8", how: "powerCut" } },
    { after: "shut", mark: "all done" },
  ],
};

test("devices leave, are cut off, faulted and come back while the run goes on, and its ledger closes", async () => {
  await using place = await workplace();
  const scenario = await place.scenario(FLEET);
  const args = ["--workers", "2", "--out", place.out, "--certs", place.certs];
  await using program = new Program(["run", scenario, ...args]);
  await program.printed(/mark: all done/);
  program.signal("SIGINT");
  expect(await program.ended).toMatchObject({ exitCode: 0 });

  const summary = await checkedSummary(place);
  expect(summary.devices).toMatchObject({ planned: 8, assigned: 8, connected: 8, failed: 0 });
  // Each boot but the first goes to the hub that the device had.
  expect(summary.registration.attempts).toBe(8);
  expect(summary.timeline.filter(({ failed }) => failed > 0)).toEqual([]);
  const states = (await place.result("run.ndjson")).match(/{"type":"state".*/g) ?? [];
  expect(states.filter((line) => line.endsWith('"how":"inOrder"}'))).toHaveLength(1);
  const cuts = states.filter((line) => line.endsWith('"how":"powerCut"}'));
  expect(cuts.length).toBeGreaterThanOrEqual(2 + 3 + 1);
  expect(cuts.filter((line) => line.includes("cave-8"))).toHaveLength(1);
});
