import { expect, test } from "vitest";
import type { FaultSpec } from "../../../src/base/fault-spec.ts";
import { ShardMemory } from "../../../src/supervisor/shard-memory.ts";
import type { DeviceStart } from "../../../src/worker/protocol.ts";
import { shardOf } from "../../support/scripted-worker.ts";

const [A, B, C] = ["device0-0", "device0-1", "device0-2"] as const;

const fault = (atMs: number, forMs?: number): FaultSpec => ({
  kind: "dropout",
  parameters: {},
  times: { by: "script", at: "now", atMs, ...(forMs !== undefined && { forMs }) },
});

const startsOf = (memory: ShardMemory, startMs: readonly (number | null)[], atMs: number) =>
  memory.applied(shardOf(0, startMs), atMs).devices.map((device) => device.startMs);

const starts = (...due: readonly (readonly [string, number])[]) => ({
  type: "startDevices" as const,
  starts: due.map(([registrationId, dueMs]): DeviceStart => ({ registrationId, dueMs })),
});

test("a shard that nobody told anything comes out as it was planned", () => {
  const shard = shardOf(0, [0, null, 500]);
  expect(new ShardMemory().applied(shard, 1_000)).toEqual(shard);
  expect(new ShardMemory().stops).toEqual([]);
});

test("devices without a time have the one at which they were due first", () => {
  const memory = new ShardMemory();
  memory.note(starts([A, 1_000], [B, 1_500]));
  memory.note(starts([A, 9_000]));
  expect(startsOf(memory, [null, null, null], 5_000)).toEqual([1_000, 1_500, null]);
});

test("devices that are stopped have no time, and their worker is told how they were stopped", () => {
  const memory = new ShardMemory();
  memory.note({ type: "stopDevices", registrationIds: [A, C], how: "inOrder" });
  memory.note({ type: "stopDevices", registrationIds: [B], how: "powerCut" });
  expect(startsOf(memory, [0, 10, 9_000], 5_000)).toEqual([null, null, null]);
  expect(memory.stops).toEqual([
    { type: "stopDevices", registrationIds: [A, C], how: "inOrder" },
    { type: "stopDevices", registrationIds: [B], how: "powerCut" },
  ]);
});

test("devices that were started again go on as planned, or at the moment that they still wait for", () => {
  const memory = new ShardMemory();
  memory.note({ type: "stopDevices", registrationIds: [A, B], how: "powerCut" });
  memory.note(starts([A, 4_000], [B, 7_000]));
  expect(memory.stops).toEqual([]);
  expect(startsOf(memory, [0, 10, 20], 5_000)).toEqual([0, 7_000, 20]);
});

test("the newest interval holds, and of added faults those that are not over", () => {
  const memory = new ShardMemory();
  for (const intervalMs of [100, 200]) {
    memory.note({ type: "retune", registrationIds: [A], intervalMs });
  }
  for (const added of [fault(0, 1_000), fault(0, 9_000), fault(0)]) {
    memory.note({ type: "deviceFault", registrationIds: [B], fault: added });
  }
  const { devices } = memory.applied(shardOf(0, [0, 0]), 5_000);
  expect(devices.map(({ telemetry }) => telemetry.intervalMs)).toEqual([200, 5_000]);
  expect(devices.map(({ faults }) => faults)).toEqual([undefined, [fault(0, 9_000), fault(0)]]);
});
