import { expect, test } from "vitest";
import { Aggregate } from "../../src/metrics/aggregate.ts";
import { deviceSpec, runShard, startTestCloud } from "../support/fleet.ts";

test("a fleet's attempts at DPS and hubs stay under its limit, and say how long they waited", async () => {
  await using cloud = await startTestCloud();
  const ids = Array.from({ length: 12 }, (_, n) => `cave-${n + 1}`);
  await cloud.issue(...ids);
  await using shard = await runShard(
    cloud,
    ids.map((id) => deviceSpec(id)),
    { attemptsPerS: 20 },
  );
  const rows = await Promise.all(ids.map((id) => shard.row(id, (row) => row.wasConnected)));
  expect(rows.map(({ attempts }) => attempts)).toEqual(ids.map(() => 1));
  await shard.stop();
  const fleet = new Aggregate(
    ids.map((registrationId) => ({ registrationId, model: "cheese-cave" })),
  );
  for (const snapshot of shard.snapshots) fleet.add(snapshot);
  expect(fleet.counter("connection_attempts", { service: "dps" })).toBe(12);
  expect(fleet.counter("connection_attempts", { service: "hub" })).toBe(12);
  expect(fleet.peak("connection_attempts")).toBeLessThanOrEqual(20);
  // The 24 attempts of devices that are due at once take more than a second.
  const waits = fleet.percentiles("connection_wait_ms");
  expect(waits.count).toBe(24);
  expect(waits.max).toBeGreaterThan(300);
});
