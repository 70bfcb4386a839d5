import fc from "fast-check";
import { expect, test } from "vitest";
import type { DeviceJob } from "../../../../../src/emulator/hub/jobs/device-jobs.ts";
import { DeviceJobs } from "../../../../../src/emulator/hub/jobs/device-jobs.ts";

const state = fc.constantFrom<DeviceJob>(
  { status: "pending", updatedMs: 0 },
  { status: "running", updatedMs: 1, startMs: 1 },
  { status: "completed", updatedMs: 2, startMs: 1, endMs: 2, response: undefined },
  {
    status: "failed",
    updatedMs: 2,
    startMs: 1,
    endMs: 2,
    code: "DeviceNotOnline",
    description: "",
  },
);

test("the four counts sum to the devices, and count each in its last state", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "d"), state)), (steps) => {
      const devices = new DeviceJobs();
      for (const [id, step] of steps) devices.set(id, step);
      const last = new Map(steps);
      const inState = (status: string): number =>
        [...last.values()].filter((step) => step.status === status).length;
      expect(devices.statistics).toEqual({
        deviceCount: last.size,
        pendingCount: inState("pending"),
        runningCount: inState("running"),
        succeededCount: inState("completed"),
        failedCount: inState("failed"),
      });
      expect(new Map(devices.all())).toEqual(last);
    }),
  );
});
