import { expect, test } from "vitest";

import type { ProcessHealth } from "../../../../src/metrics/generator/process-health.ts";
import { MergedSnapshots } from "../../../../src/report/merge/merged-snapshots.ts";
import { snapshotInWhole } from "../../../../src/report/merge/snapshot-in-whole.ts";
import { runSnapshot } from "../../../support/run-events.ts";

const at = (t: number, sent: number, streaming: number) =>
  runSnapshot({
    t,
    counters: { telemetry_sent: sent },
    byHub: { a: streaming },
    states: { streaming },
  });

test("what parts tell in one round is one snapshot, with the sums of all", () => {
  const merged = new MergedSnapshots([2, 3]);
  expect(merged.add(0, at(1_000, 5, 2))).toEqual([]);
  expect(merged.add(1, at(1_003, 7, 3))).toEqual([
    runSnapshot({
      t: 1_003,
      counters: { telemetry_sent: 12 },
      byHub: { a: 5 },
      states: { streaming: 5 },
    }),
  ]);
});

test("a part that has told nothing yet waits, one that falls behind holds nobody up", () => {
  const merged = new MergedSnapshots([2, 3]);
  expect(merged.add(0, at(1_000, 5, 2))).toEqual([]);
  const [first] = merged.add(0, at(2_000, 6, 2));
  expect(first).toMatchObject({
    t: 1_000,
    counters: { telemetry_sent: 5 },
    states: { streaming: 2, waiting: 3 },
  });
  expect(merged.add(1, at(2_100, 1, 1))).toMatchObject([{ counters: { telemetry_sent: 7 } }]);
});

test("a part that has ended keeps its totals, and is waited for no more", () => {
  const merged = new MergedSnapshots([2, 3]);
  merged.add(0, at(1_000, 5, 2));
  merged.add(1, at(1_000, 7, 3));
  expect(merged.end(0)).toEqual([]);
  expect(merged.add(1, at(2_000, 9, 3))).toMatchObject([{ counters: { telemetry_sent: 14 } }]);
  expect(merged.add(1, at(3_000, 9, 3))).toHaveLength(1);
  expect(merged.end(1)).toEqual([]);
});

const health = (changes: Partial<ProcessHealth>): ProcessHealth => ({
  spanMs: 1_000,
  cpuMs: 0,
  loopMaxMs: 0,
  lateMs: 0,
  gc: {},
  heapUsedBytes: 1,
  heapLimitBytes: 2,
  rssBytes: 3,
  stalls: [],
  ...changes,
});

/** A second of a part with one worker, which is as its supervisor is. */
function oneWorker({
  t = 1_000,
  cpuShare = 0,
  ...changes
}: Partial<ProcessHealth> & { readonly t?: number; readonly cpuShare?: number }) {
  const generator = {
    workers: [{ worker: 0, ...health(changes) }],
    supervisor: health(changes),
    machine: { spanMs: 1_000, cpuShare },
  };
  return { ...runSnapshot({ t }), generator };
}

test("of the generator there are all workers, and the supervisor and the machine that did worst", () => {
  const merged = new MergedSnapshots([1, 1]);
  const snapshot = (worker: number, lateMs: number, cpuShare: number) => ({
    ...at(1_000, 1, 1),
    generator: {
      workers: [{ worker, ...health({ cpuMs: worker }) }],
      supervisor: health({ lateMs }),
      machine: { spanMs: 1_000, cpuShare },
    },
  });
  merged.add(0, snapshot(1, 0, 0.9));
  const [whole] = merged.add(1, snapshot(0, 300, 0.2));
  expect(whole?.generator).toEqual({
    workers: [
      { worker: 0, ...health({}) },
      { worker: 1, ...health({ cpuMs: 1 }) },
    ],
    supervisor: health({ lateMs: 300 }),
    machine: { spanMs: 1_000, cpuShare: 0.9 },
  });
});

test("a machine that is busy is not why workers of another one are late", () => {
  const merged = new MergedSnapshots([1, 1]);
  merged.add(0, oneWorker({ cpuShare: 0.99 }));
  const [whole] = merged.add(1, oneWorker({ cpuShare: 0.2, lateMs: 400 }));
  expect(whole?.generator?.machine.cpuShare).toBe(0.2);
});

test("stalls of a part have their time in the whole", () => {
  const [own, whole] = [200, 3_200].map((t) => oneWorker({ t: t + 500, stalls: [{ t, ms: 300 }] }));
  if (own === undefined) throw new Error("two of two");
  expect(snapshotInWhole(own, { shiftMs: 3_000, firstWorker: 0 })).toEqual(whole);
});

test("a worker's number in the whole is in its series and its health, and nowhere else", () => {
  const snapshot = {
    ...runSnapshot({
      counters: { "a{hub:h,worker:1}": 1, "b{hub:7}": 2, c: 3, "d{worker:supervisor}": 4 },
    }),
    generator: {
      workers: [{ worker: 1, silentMs: 5 }],
      supervisor: health({}),
      machine: { spanMs: 1, cpuShare: 0 },
    },
  };
  expect(snapshotInWhole(snapshot, { shiftMs: 0, firstWorker: 4 })).toEqual({
    ...snapshot,
    counters: { "a{hub:h,worker:5}": 1, "b{hub:7}": 2, c: 3, "d{worker:supervisor}": 4 },
    generator: { ...snapshot.generator, workers: [{ worker: 5, silentMs: 5 }] },
  });
});

test("counts by the second are summed over parts, by the time of the whole", () => {
  const key = "connection_attempts{service:hub}";
  const merged = new MergedSnapshots([1, 1]);
  const of = (perSecond: Record<string, number>) => ({
    ...runSnapshot({ t: 1_000 }),
    perSecond: { [key]: perSecond },
  });
  merged.add(0, of({ 0: 2, 1: 3 }));
  const later = snapshotInWhole(of({ 0: 4 }), { shiftMs: 1_040, firstWorker: 1 });
  const [whole] = merged.add(1, later);
  expect(whole?.perSecond).toEqual({ [key]: { 0: 2, 1: 7 } });
});
