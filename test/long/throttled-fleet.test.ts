import { expect, test } from "vitest";

import { Program, workplace } from "../support/program.ts";
import { checkedSummary } from "../support/run-accounts.ts";

test("a fleet above the limit of its DPS is assigned to the last device, later", async () => {
  await using place = await workplace();
  const scenario = await place.scenario({
    emulator: { dpsRegistrationsPerMinute: 60 },
    arrival: { rate: "30/s" },
    duration: "120s",
  });
  const args = ["--devices", "90", "--out", place.out, "--certs", place.certs];
  await using program = new Program(["run", scenario, ...args]);
  const { exitCode, stdout } = await program.ended;
  expect(exitCode).toBe(0);
  expect(stdout).toContain("it takes 60 registrations in 60 s");
  const { devices, registration } = await checkedSummary(place);
  expect(devices).toMatchObject({ planned: 90, assigned: 90, connected: 90, failed: 0 });
  // Each of the thirty that were too many is told when there is room, so few ask in vain twice.
  expect(registration.throttled).toBeGreaterThanOrEqual(30);
  expect(registration.attempts).toBe(90 + registration.throttled);
});
