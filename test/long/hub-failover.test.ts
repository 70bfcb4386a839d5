import { expect, test } from "vitest";

import { Program, workplace } from "../support/program.ts";
import { checkedSummary } from "../support/run-accounts.ts";

test("a hub dies under 500 devices and is unlinked: all come to the other one by DPS, below their limit", async () => {
  await using place = await workplace();
  const args = ["scenarios/hub-failover.yaml", "--out", place.out, "--certs", place.certs];
  await using program = new Program(["run", ...args]);
  const { exitCode } = await program.ended;
  const { connection, registration, ledger, thresholds } = await checkedSummary(place);
  expect(thresholds.filter(({ passed }) => passed !== true)).toEqual([]);
  expect(exitCode).toBe(0);
  // Each of those that were at the dead hub was lost once, came back once, and was assigned anew.
  expect(connection.lost).toBeGreaterThan(100);
  expect(connection.reconnected).toBe(connection.lost);
  expect(registration.assigned).toBeGreaterThanOrEqual(500 + connection.lost);
  expect(ledger).toMatchObject({ missing: 0, duplicated: 0 });
});
