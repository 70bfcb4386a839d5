import fc from "fast-check";
import { expect, test, vi } from "vitest";

import { FleetError } from "../../../src/base/errors.ts";
import { openPace } from "../../../src/service/pace.ts";
import type { CallOutcome } from "../../../src/service/paced-calls.ts";
import { pacedCalls } from "../../../src/service/paced-calls.ts";

/** Runs `calls` on a clock of its own and gives the times at which they began, in ms. */
async function beginnings(
  calls: number,
  options: { readonly perS: number; readonly burst?: number; readonly concurrency?: number },
): Promise<readonly number[]> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  try {
    const zeroMs = performance.now();
    const pace = openPace({ ...options, now: () => performance.now() });
    const times: number[] = [];
    const all = Array.from({ length: calls }, () =>
      pace.run(async () => void times.push(performance.now() - zeroMs)),
    );
    await vi.runAllTimersAsync();
    await Promise.all(all);
    return times;
  } finally {
    vi.useRealTimers();
  }
}

test("after a burst the calls come evenly", async () => {
  expect(await beginnings(5, { perS: 10, burst: 2 })).toEqual([0, 0, 100, 200, 300]);
});

test("without a rate nothing waits", async () => {
  expect(await beginnings(40, { perS: Infinity })).toEqual(Array.from({ length: 40 }, () => 0));
});

test("in no time do more calls begin than the burst and the rate allow", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        perS: fc.integer({ min: 1, max: 200 }),
        burst: fc.integer({ min: 1, max: 6 }),
        concurrency: fc.integer({ min: 1, max: 20 }),
      }),
      fc.integer({ min: 1, max: 40 }),
      async (options, calls) => {
        const times = await beginnings(calls, options);
        expect(times).toHaveLength(calls);
        times.forEach((from, first) => {
          for (const [at, to] of times.slice(first).entries())
            // Timers have whole milliseconds.
            expect(at + 1).toBeLessThanOrEqual(
              options.burst + ((to - from + 1) * options.perS) / 1_000 + 1e-6,
            );
        });
      },
    ),
    { numRuns: 30 },
  );
});

const noLimit = openPace({ perS: Infinity });

test("one call that fails keeps no other, and all are told", async () => {
  const told: (readonly [done: number, failed: number])[] = [];
  const outcomes = await pacedCalls({
    items: [1, 2, 3],
    paceOf: () => noLimit,
    work: async (item) => {
      if (item === 2) throw new FleetError("REFUSED", "no");
      return item * 10;
    },
    onOutcome: (_outcome, { done, failed }) => told.push([done, failed]),
  });
  expect(outcomes).toMatchObject([
    { item: 1, ok: true, value: 10 },
    { item: 2, ok: false, error: { message: "no" } },
    { item: 3, ok: true, value: 30 },
  ]);
  expect(told).toEqual([
    [1, 0],
    [2, 1],
    [3, 1],
  ]);
});

test("a bug in a call ends all", async () => {
  const calls = pacedCalls({
    items: [1],
    paceOf: () => noLimit,
    work: () => Promise.reject(new TypeError("bug")),
  });
  await expect(calls).rejects.toThrow("bug");
});

test("a stop begins no further call, and gives the outcomes that there were", async () => {
  const stop = new AbortController();
  const reason = new FleetError("INTERRUPTED", "stopped");
  const slow = openPace({ perS: Infinity, concurrency: 1 });
  const begun: number[] = [];
  const told: CallOutcome<number, void>[] = [];
  const calls = pacedCalls({
    items: [1, 2, 3],
    paceOf: () => slow,
    work: async (item) => {
      begun.push(item);
      if (item === 2) {
        stop.abort(reason);
        throw reason;
      }
    },
    signal: stop.signal,
    onOutcome: (outcome) => told.push(outcome),
  });

  expect(await calls).toMatchObject([{ item: 1, ok: true }]);
  expect(begun).toEqual([1, 2]);
  expect(told).toMatchObject([{ item: 1 }]);
});
