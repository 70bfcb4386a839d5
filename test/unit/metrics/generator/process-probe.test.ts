import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { deferred } from "../../../../src/base/deferred.ts";
import { addGc, gcMs } from "../../../../src/metrics/generator/gc-use.ts";
import { ProcessProbe } from "../../../../src/metrics/generator/process-probe.ts";

const FIRST_CPU_S = 2;

/** A probe of this process whose clock and CPU are the test's. */
function probed() {
  const now = { ms: 0, cpuS: FIRST_CPU_S };
  const probe = new ProcessProbe({
    clock: () => now.ms,
    resources: () => ({ cpuS: now.cpuS, rssBytes: 7 }),
    models: [],
    onDelay: () => {},
  });
  return { now, probe, [Symbol.dispose]: () => probe.stop() };
}

test("CPU and time are told since the last call, their fractions with the next", () => {
  using world = probed();
  const { now, probe } = world;
  now.ms = 500.6;
  now.cpuS = FIRST_CPU_S + 0.250_4;
  expect(probe.take()).toMatchObject({ spanMs: 500, cpuMs: 250, rssBytes: 7 });
  now.ms = 1_000.6;
  now.cpuS = FIRST_CPU_S + 0.501;
  expect(probe.take()).toMatchObject({ spanMs: 500, cpuMs: 251 });
});

test("memory is that of V8, and below where it gives up", () => {
  using world = probed();
  const { heapUsedBytes, heapLimitBytes } = world.probe.take();
  expect(heapUsedBytes).toBeGreaterThan(1_000_000);
  expect(heapUsedBytes).toBeLessThan(heapLimitBytes);
});

test("a probe that was stopped tells what was before, once", () => {
  const { now, probe } = probed();
  now.ms = 400;
  now.cpuS += 0.1;
  probe.stop();
  now.ms = 9_000;
  now.cpuS += 5;
  expect(probe.take()).toMatchObject({ spanMs: 400, cpuMs: 100, stalls: [{ t: 50, ms: 350 }] });
  expect(probe.take()).toMatchObject({ spanMs: 0, cpuMs: 0, stalls: [] });
  probe.stop();
});

test("the event loop of this process is looked at", async () => {
  const delays: number[] = [];
  const looked = deferred<void>();
  const probe = new ProcessProbe({
    clock: () => performance.now(),
    resources: () => ({ cpuS: 0, rssBytes: 0 }),
    models: [],
    onDelay: (ms) => {
      if (delays.push(ms) === 3) looked.resolve();
    },
  });
  // The probe holds no process alive, and neither does a promise.
  const alive = setInterval(() => {}, 1_000);
  await looked.promise;
  clearInterval(alive);
  probe.stop();
  expect(delays.every((ms) => ms >= 0)).toBe(true);
});

test("garbage collections of this process are told by kind", async () => {
  using world = probed();
  let kept: object[] = [];
  for (let index = 0; index < 2_000_000; index += 1) {
    kept.push({ index });
    if (kept.length > 200_000) kept = [];
  }
  let { gc } = world.probe.take();
  while (gc.minor === undefined) {
    await setImmediate();
    ({ gc } = world.probe.take());
  }
  expect(gc.minor.count).toBeGreaterThan(0);
});

test("collections of two spans add up by kind", () => {
  const a = { minor: { count: 2, ms: 3 }, major: { count: 1, ms: 40 } };
  const b = { minor: { count: 1, ms: 1 }, incremental: { count: 1, ms: 5 } };
  const sum = {
    minor: { count: 3, ms: 4 },
    major: { count: 1, ms: 40 },
    incremental: { count: 1, ms: 5 },
  };
  expect(addGc(a, b)).toEqual(sum);
  expect(addGc(b, a)).toEqual(sum);
  expect(gcMs(sum)).toBe(49);
});
