import fc from "fast-check";
import { expect, test } from "vitest";

import { restartShard } from "../../../src/supervisor/restart-shard.ts";
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

test("a device goes to the hub that it was told, unless it brought its own or was told none", () => {
  const planned = shardOf(0, [0, 9_000, 0]);
  const [first, second, third] = planned.devices;
  if (third === undefined) throw new Error("three devices were asked for");
  const devices = planned.devices.with(2, { ...third, hub: "own" });
  const hubs = new Map([first, third].map((device) => [device?.registrationId, "hub"]));
  const moved = restartShard({ ...planned, devices }, 5_000, (id) => {
    const hub = hubs.get(id);
    return hub === undefined ? undefined : { hub, deviceId: id };
  });
  expect(moved.devices.map(({ assignment }) => assignment)).toEqual([
    { hub: "hub", deviceId: first?.registrationId },
    undefined,
    undefined,
  ]);
  expect(second?.assignment).toBeUndefined();
});
