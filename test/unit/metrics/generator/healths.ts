import type { ProcessHealth } from "../../../../src/metrics/generator/process-health.ts";

/** A second in which all was well; `changes` says what matters to the test. */
export const healthOf = (changes: Partial<ProcessHealth> = {}): ProcessHealth => ({
  spanMs: 1_000,
  cpuMs: 100,
  loopMaxMs: 2,
  lateMs: 0,
  gc: {},
  heapUsedBytes: 30e6,
  heapLimitBytes: 2_000e6,
  rssBytes: 120e6,
  stalls: [],
  ...changes,
});
