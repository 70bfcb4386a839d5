import { expect, test } from "vitest";

import { resumedShard } from "../../../../src/run/resume/resumed-shard.ts";
import { shardOf } from "../../../support/scripted-worker.ts";

test("devices go on as those of a lost worker do, with their hubs and their numbers, and those that are off stay so", () => {
  const { devices, ...shard } = shardOf(0, [0, 1_000, 9_000, null, null, 2_000]);
  const [first, second, , started, , off] = devices.map(({ registrationId }) => registrationId);
  const resumed = resumedShard(
    { ...shard, devices },
    {
      atMs: 5_000,
      boot: 4,
      assignmentOf: (id) => (id === first ? { hub: "hub", deviceId: "own" } : undefined),
      firstSeqOf: (id) => (id === second ? 37 : 1),
      hasStarted: (id) => id === started || id === off,
      isOff: (id) => id === off,
    },
  );
  expect(resumed.boot).toBe(4);
  expect(resumed.devices.map(({ startMs }) => startMs)).toEqual([
    5_000,
    6_000,
    9_000,
    10_000,
    null,
    null,
  ]);
  expect(resumed.devices.map(({ assignment }) => assignment?.deviceId)).toEqual([
    "own",
    ...Array<undefined>(5),
  ]);
  expect(resumed.devices.map(({ firstSeq }) => firstSeq)).toEqual([
    undefined,
    37,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
