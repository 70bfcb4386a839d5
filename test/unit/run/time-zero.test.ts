import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { FleetError } from "../../../src/base/errors.ts";
import { timeZero } from "../../../src/run/time-zero.ts";

const NOW_MS = Date.parse("2026-11-22T12:00:00Z");
/** The clock of the process, which nobody can set, is half a second behind that of the machine. */
const BEHIND_MS = 500;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_MS });
});
afterEach(() => {
  vi.useRealTimers();
});

function waiting(startAtMs: number | undefined, stop = new AbortController().signal) {
  const told: string[] = [];
  const zero = timeZero(startAtMs, {
    now: () => new Date(),
    wallMs: () => Date.now() - BEHIND_MS,
    stop,
    console: {
      phase: (text) => void told.push(`phase: ${text}`),
      progress: () => {},
      status: (text) => void told.push(`status: ${text}`),
      warning: (text) => void told.push(`warning: ${text}`),
    },
  });
  return { told, zero };
}

test("without a time it is now", async () => {
  const { told, zero } = waiting(undefined);
  expect(await zero).toBe(NOW_MS - BEHIND_MS);
  expect(told).toEqual([]);
});

test("it waits for the time by the machine's clock, and counts down second by second", async () => {
  const { told, zero } = waiting(NOW_MS + 2_300);
  await vi.advanceTimersByTimeAsync(2_300);
  expect(await zero).toBe(NOW_MS + 2_300 - BEHIND_MS);
  expect(told).toEqual([
    "phase: all is set up, devices start at 2026-11-22T12:00:02.300Z",
    "status: devices start in 3s",
    "status: devices start in 2s",
    "status: devices start in 1s",
    "status: devices start",
  ]);
});

test("a clock that is set meanwhile is followed", async () => {
  const { zero } = waiting(NOW_MS + 60_000);
  await vi.advanceTimersByTimeAsync(1_000);
  vi.setSystemTime(NOW_MS + 59_500);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await zero).toBe(NOW_MS + 60_000 - BEHIND_MS);
});

test("a set-up that took longer is told, and the time stays time 0", async () => {
  const { told, zero } = waiting(NOW_MS - 1_250);
  expect(await zero).toBe(NOW_MS - 1_250 - BEHIND_MS);
  expect(told).toEqual([
    "warning: devices start 1250ms late: the set-up took longer than until 2026-11-22T11:59:58.750Z, which stays time 0",
    "status: devices start",
  ]);
});

test("a stop ends the waiting", async () => {
  const stop = new AbortController();
  const { zero } = waiting(NOW_MS + 60_000, stop.signal);
  stop.abort(new FleetError("INTERRUPTED", "stopped"));
  await expect(zero).rejects.toThrow("stopped");
  expect(vi.getTimerCount()).toBe(0);
});
