import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createRandom } from "../../../src/base/random.ts";
import { TelemetryClock } from "../../../src/device/telemetry-clock.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

function clockOf(options: { intervalMs: () => number; jitter?: number; random?: () => number }) {
  const due: number[] = [];
  const stall = { ms: 0 };
  const clock = new TelemetryClock({
    intervalMs: options.intervalMs,
    jitter: options.jitter ?? 0,
    random: options.random ?? (() => 0.5),
    clock: () => Date.now() + stall.ms,
    onDue: (dueMs) => due.push(dueMs),
  });
  return { clock, due, stall };
}

test("the first message is due at once and the others interval by interval", () => {
  const { clock, due } = clockOf({ intervalMs: () => 1000 });
  clock.start();
  vi.advanceTimersByTime(3500);
  expect(due).toEqual([0, 1000, 2000, 3000]);
});

test("a gap differs from the interval by at most the jitter", () => {
  const draws = [0, 1, 0.5];
  let drawn = 0;
  const random = (): number => draws[drawn++ % draws.length] ?? 0;
  const { clock, due } = clockOf({ intervalMs: () => 1000, jitter: 0.1, random });
  clock.start();
  vi.advanceTimersByTime(3000);
  expect(due).toEqual([0, 900, 2000, 3000]);
});

test("gaps are even within the jitter: chi-square over 20 bins of 20,000 gaps below 43.8 (p 0.001)", () => {
  const schedule = createRandom(1, "cave-1", "schedule");
  const random = (): number => schedule.next();
  const { clock, due } = clockOf({ intervalMs: () => 1000, jitter: 0.1, random });
  clock.start();
  vi.advanceTimersByTime(20_100_000);
  const gaps = due.slice(1, 20_001).map((dueMs, at) => dueMs - (due[at] ?? 0));
  expect(gaps).toHaveLength(20_000);
  const bins = Array.from({ length: 20 }, () => 0);
  for (const gap of gaps) {
    const bin = Math.min(19, Math.floor((gap - 900) / 10));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  expect(bins).toHaveLength(20);
  expect(bins.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0)).toBeLessThan(43.8);
});

test("a stalled process tells when messages were due, not when it came round to them", () => {
  const { clock, due, stall } = clockOf({ intervalMs: () => 1000 });
  clock.start();
  stall.ms = 4000;
  vi.advanceTimersByTime(1010);
  expect(due).toEqual([0, 1000, 2000, 3000, 4000, 5000]);
});

test("an interval may be longer than any timer, which is then asked for in few parts", () => {
  const dayMs = 86_400_000;
  const { clock, due } = clockOf({ intervalMs: () => 30 * dayMs });
  clock.start();
  // A timer holds 24.8 days at most.
  vi.advanceTimersToNextTimer();
  expect(due).toEqual([0]);
  vi.advanceTimersToNextTimer();
  expect(due).toEqual([0, 30 * dayMs]);
});

test("a shorter interval brings one message at once, and none of those that it would have had before", () => {
  let intervalMs = 10_000;
  const { clock, due } = clockOf({ intervalMs: () => intervalMs });
  clock.start();
  vi.advanceTimersByTime(5_000);
  intervalMs = 1_000;
  clock.reschedule();
  vi.advanceTimersByTime(2_000);
  expect(due).toEqual([0, 5_000, 6_000, 7_000]);
});

test("a new interval counts from the last message", () => {
  let intervalMs = 10_000;
  const { clock, due } = clockOf({ intervalMs: () => intervalMs });
  clock.start();
  vi.advanceTimersByTime(1500);
  intervalMs = 2000;
  clock.reschedule();
  vi.advanceTimersByTime(2500);
  expect(due).toEqual([0, 2000, 4000]);
});

test("nothing is due after stop, and stopping twice is safe", () => {
  const { clock, due } = clockOf({ intervalMs: () => 1000 });
  clock.start();
  clock.stop();
  clock.stop();
  vi.advanceTimersByTime(5000);
  expect(due).toEqual([0]);
});
