import { expect, test } from "vitest";

import type { ProcessHealth } from "../../../../src/metrics/generator/process-health.ts";
import { generatorSpan, joinedSpan } from "../../../../src/report/html/generator-course.ts";

const process = (changes: Partial<ProcessHealth>): ProcessHealth => ({
  spanMs: 1_000,
  cpuMs: 100,
  loopMaxMs: 1,
  lateMs: 0,
  gc: {},
  heapUsedBytes: 1,
  heapLimitBytes: 10,
  rssBytes: 1,
  stalls: [],
  ...changes,
});

/** A span in which one worker waited so long. */
const at = (spanMs: number, delayMs: number, cpuShare: number): ReturnType<typeof generatorSpan> =>
  generatorSpan({
    workers: [{ worker: 0, ...process({ loopMaxMs: delayMs }) }],
    supervisor: process({}),
    machine: { spanMs, cpuShare },
  });

test("a sample shows the worker that is worst; one that is silent tells nothing", () => {
  const workers = [
    { worker: 0, ...process({ cpuMs: 900, loopMaxMs: 5 }) },
    { worker: 1, ...process({ loopMaxMs: 70 }) },
    { worker: 2, silentMs: 4_000 },
  ];
  const machine = { spanMs: 1_000, cpuShare: 0.6 };
  expect(generatorSpan({ workers, supervisor: process({}), machine })).toEqual({
    spanMs: 1_000,
    workersDelayMs: 70,
    supervisorDelayMs: 1,
    workerCpuShare: 0.9,
    machineCpuShare: 0.6,
  });
  expect(
    generatorSpan({ workers: workers.slice(2), supervisor: process({}), machine }),
  ).toMatchObject({ workersDelayMs: null, workerCpuShare: null });
});

test("two spans as one have the worst wait of both, and the machine's mean over the time", () => {
  const both = joinedSpan(at(1_000, 9, 0.2), at(3_000, 4, 0.6));
  expect(both).toMatchObject({ spanMs: 4_000, workersDelayMs: 9 });
  expect(both?.machineCpuShare).toBeCloseTo(0.5);
  expect(joinedSpan(null, at(1, 2, 0.3))).toEqual(at(1, 2, 0.3));
  expect(joinedSpan(null, null)).toBeNull();
});
