import { cpus } from "node:os";
import { expect, test } from "vitest";
import type { CoreTimes } from "../../../../src/metrics/generator/machine-watch.ts";
import { MachineWatch } from "../../../../src/metrics/generator/machine-watch.ts";

const core = (user: number, sys: number, idle: number): CoreTimes => ({
  times: { user, nice: 0, sys, idle, irq: 0 },
});

test("the share of all cores that was used since the last look", () => {
  let read = [core(100, 0, 900), core(0, 0, 1_000)];
  let nowMs = 0;
  const machine = new MachineWatch(
    () => nowMs,
    () => read,
  );
  read = [core(900, 100, 1_000), core(250, 0, 1_750)];
  nowMs = 1_000.4;
  expect(machine.take()).toEqual({ spanMs: 1_000, cpuShare: 0.575 });
});

test("within a tick of the system nothing is known to be used", () => {
  const machine = new MachineWatch(
    () => 0,
    () => [core(1, 1, 1)],
  );
  expect(machine.take()).toEqual({ spanMs: 0, cpuShare: 0 });
});

test("this machine's cores are read", () => {
  expect(cpus().length).toBeGreaterThan(0);
  const { cpuShare } = new MachineWatch(() => performance.now()).take();
  expect(cpuShare).toBeGreaterThanOrEqual(0);
  expect(cpuShare).toBeLessThanOrEqual(1);
});
