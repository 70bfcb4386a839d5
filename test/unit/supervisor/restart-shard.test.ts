import fc from "fast-check";
import { expect, test } from "vitest";

import { restartShard, withStarts } from "../../../src/supervisor/restart-shard.ts";
import { shardOf } from "../../support/scripted-worker.ts";

const starts = fc.array(fc.nat(100_000), { minLength: 1 });

test("devices that were due start again as far apart as before, and none before the restart", () => {
  fc.assert(
    fc.property(starts, fc.nat(100_000), (startMs, atMs) => {
      const moved = restartShard(shardOf(0, startMs), atMs).devices.map((device) => device.startMs);
      const due = startMs.flatMap((ms, index) => (ms <= atMs ? [index] : []));
      for (const index of due) {
        expect(moved[index]).toBeGreaterThanOrEqual(atMs);
        expect((moved[index] ?? 0) - (moved[due[0] ?? 0] ?? 0)).toBe(
          (startMs[index] ?? 0) - (startMs[due[0] ?? 0] ?? 0),
        );
      }
    }),
  );
});

test("devices that were not due keep their time, and the boot counts on", () => {
  const moved = restartShard(shardOf(0, [0, 9_000]), 5_000);
  expect(moved.boot).toBe(2);
  expect(moved.devices.map(({ startMs }) => startMs)).toEqual([5_000, 9_000]);
});

test("devices that were started by word start again, and the others wait on", () => {
  const planned = shardOf(0, [null, null, null]);
  const dueMs = new Map([
    ["device0-0", 1_000],
    ["device0-1", 1_500],
  ]);
  const moved = restartShard(withStarts(planned, dueMs), 5_000);
  expect(moved.devices.map(({ startMs }) => startMs)).toEqual([5_000, 5_500, null]);
});
