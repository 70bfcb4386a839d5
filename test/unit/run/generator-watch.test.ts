import { expect, test } from "vitest";
import { GeneratorWatch } from "../../../src/run/generator-watch.ts";
import type { WorkerNotice } from "../../../src/supervisor/supervisor.ts";
import { healthOf } from "../metrics/generator/healths.ts";
import { snapshotOf } from "../metrics/snapshots.ts";

/** A watch over workers 0 and 1, at the time that the test sets. */
function watching() {
  const now = { ms: 0 };
  const silent: WorkerNotice[] = [];
  const watch = new GeneratorWatch({
    clock: () => now.ms,
    resources: () => ({ cpuS: 0, rssBytes: 0 }),
    workers: 2,
    onSilent: (notice) => silent.push(notice),
  });
  /** Time passes, in steps in which this process itself is not late. */
  const pass = (ms: number): void => {
    for (const endMs = now.ms + ms; now.ms < endMs;) {
      now.ms += 10;
      watch.take();
    }
  };
  return { now, watch, silent, pass, [Symbol.dispose]: () => watch.stop() };
}

test("what a worker told since the last sample is one span", () => {
  using world = watching();
  const { watch } = world;
  watch.heard(snapshotOf({ worker: 0, health: healthOf({ spanMs: 500, cpuMs: 40 }) }));
  watch.heard(snapshotOf({ worker: 0, sequence: 2, health: healthOf({ spanMs: 500, cpuMs: 50 }) }));
  expect(watch.take().workers).toMatchObject([
    { worker: 0, spanMs: 1_000, cpuMs: 90 },
    { worker: 1, silentMs: 0 },
  ]);
});

test("a worker that tells nothing for 3 s is told of, once", () => {
  using world = watching();
  const { watch, silent, pass } = world;
  pass(2_900);
  watch.heard(snapshotOf({ worker: 0 }));
  pass(2_000);
  expect(silent).toEqual([
    { worker: 1, boot: 1, state: "silent", detail: "has told nothing for 3 s" },
  ]);
  expect(watch.take().workers[1]).toEqual({ worker: 1, silentMs: 4_900 });
});

test("one that told again and is silent once more is told of again", () => {
  using world = watching();
  const { watch, silent, pass } = world;
  pass(3_100);
  watch.heard(snapshotOf({ worker: 0 }));
  watch.heard(snapshotOf({ worker: 1 }));
  pass(3_100);
  expect(silent.map(({ worker }) => worker)).toEqual([0, 1, 0, 1]);
});

test("while this process stands still itself, no worker is silent", () => {
  using world = watching();
  world.now.ms = 5_000;
  expect(world.watch.take()).toMatchObject({
    workers: [{ silentMs: 50 }, { silentMs: 50 }],
    supervisor: { loopMaxMs: 4_950, stalls: [{ t: 50, ms: 4_950 }] },
  });
  expect(world.silent).toEqual([]);
});

test("a worker that was lost is not waited for until its next boot is ready", () => {
  using world = watching();
  const { watch, pass } = world;
  watch.worker({ worker: 1, boot: 1, state: "lost" });
  pass(4_000);
  expect(watch.take().workers.map(({ worker }) => worker)).toEqual([0]);
  watch.worker({ worker: 1, boot: 2, state: "ready" });
  expect(watch.take().workers[1]).toEqual({ worker: 1, silentMs: 0 });
});
