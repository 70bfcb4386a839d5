import { setMaxListeners } from "node:events";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createAttemptPace } from "../../../src/device/attempt-pace.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const clock = (): number => Date.now();
const never = new AbortController().signal;
setMaxListeners(0, never);

/** Asks for a turn at each of the times, ms in their order, and gives when each went. */
async function passed(perS: number, askedMs: readonly number[]): Promise<readonly number[]> {
  vi.setSystemTime(0);
  const pace = createAttemptPace(perS, clock);
  const wentMs: number[] = [];
  const turns = askedMs.map(async (atMs) => {
    await new Promise((resolve) => setTimeout(resolve, atMs));
    const waitedMs = await pace.pass(never);
    expect(waitedMs).toBe(clock() - atMs);
    wentMs.push(clock());
  });
  await vi.runAllTimersAsync();
  await Promise.all(turns);
  return wentMs;
}

/** The most of `times` within any second. */
const mostInASecond = (times: readonly number[]): number =>
  Math.max(...times.map((from) => times.filter((t) => t >= from && t < from + 1_000).length));

test("no second has more attempts than the limit, whenever they are asked for", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.integer({ min: 1, max: 400 }), fc.double({ min: 0.5, max: 400, noNaN: true })),
      fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 300 }),
      async (perS, askedMs) => {
        const wentMs = await passed(perS, askedMs);
        expect(wentMs).toHaveLength(askedMs.length);
        expect(mostInASecond(wentMs)).toBeLessThanOrEqual(Math.ceil(perS));
      },
    ),
    { numRuns: 50 },
  );
});

test("a crowd goes at nearly the limit, in the order in which it came", async () => {
  for (const perS of [10, 50, 200, 1_000]) {
    const wentMs = await passed(
      perS,
      Array.from({ length: 3 * perS }, () => 0),
    );
    expect(wentMs).toEqual(wentMs.toSorted((a, b) => a - b));
    const lastMs = wentMs.at(-1) ?? 0;
    expect(lastMs).toBeGreaterThan(2_000);
    expect(lastMs).toBeLessThan(3_200);
  }
});

test("who comes while nobody waits goes at once", async () => {
  expect(await passed(2, [0, 600, 1_200, 5_000])).toEqual([0, 600, 1_200, 5_000]);
});

test("one that is called off leaves its place to the next, and leaves no timer", async () => {
  const pace = createAttemptPace(1, clock);
  const [first, second, third] = [0, 1, 2].map(() => new AbortController());
  const turns = [first, second, third].map(async (which) => {
    await pace.pass(which?.signal ?? never);
    return clock();
  });
  const outcomes = Promise.allSettled(turns);
  second?.abort(new Error("stopped"));
  await vi.runAllTimersAsync();
  expect(await outcomes).toEqual([
    { status: "fulfilled", value: 0 },
    { status: "rejected", reason: new Error("stopped") },
    { status: "fulfilled", value: 1_000 },
  ]);
  const late = new AbortController();
  const refused = pace.pass(late.signal);
  late.abort(new Error("stopped"));
  await expect(refused).rejects.toThrow("stopped");
  expect(vi.getTimerCount()).toBe(0);
  await expect(pace.pass(late.signal)).rejects.toThrow("stopped");
});

test("without a limit nobody waits", async () => {
  const pace = createAttemptPace(undefined, clock);
  expect(pace.isLimited).toBe(false);
  expect(await Promise.all(Array.from({ length: 100 }, () => pace.pass(never)))).toEqual(
    Array.from({ length: 100 }, () => 0),
  );
});
