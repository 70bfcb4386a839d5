import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { attempt } from "../../../../src/emulator/fault.ts";
import { DailyQuota } from "../../../../src/emulator/throttling/daily-quota.ts";

const NOON_MS = Date.UTC(2026, 0, 1, 12);
const DAY_MS = 86_400_000;

/** A quota and the clock that it goes by. */
function quotaOf(messagesPerDay: number, meterBytes = 4096) {
  const time = { nowMs: NOON_MS };
  return {
    time,
    quota: new DailyQuota(() => time.nowMs, { messagesPerDay, meterBytes }, new Map()),
  };
}

test.each([
  [0, 1],
  [1, 1],
  [4096, 1],
  [4097, 2],
  [262_144, 64],
])("%d bytes in blocks of 4 KB are %d messages", (bytes, messages) => {
  const { quota } = quotaOf(Infinity);
  quota.charge(bytes);
  expect(quota.used).toBe(messages);
});

test("blocks of a free hub are an eighth", () => {
  const { quota } = quotaOf(8000, 512);
  quota.charge(4096);
  expect(quota.used).toBe(8);
});

test("the last message may be larger than what is left; the next is refused until 00:00 UTC", () => {
  const { quota, time } = quotaOf(3);
  quota.charge(4096 * 2);
  quota.require();
  quota.charge(4096 * 2);
  expect(quota.used).toBe(4);
  expect(attempt(() => quota.require())).toMatchObject({ status: 403, code: 403_002 });
  time.nowMs = Date.UTC(2026, 0, 1, 23, 59, 59, 999);
  expect(attempt(() => quota.require())).toMatchObject({ kind: "quotaExceeded" });
  time.nowMs += 1;
  quota.require();
  expect(quota.used).toBe(0);
});

test("the day turns by itself at 00:00 UTC, for those who charge and never ask", () => {
  vi.useFakeTimers({ now: NOON_MS });
  try {
    const quota = new DailyQuota(
      Date.now,
      { messagesPerDay: Infinity, meterBytes: 4096 },
      new Map(),
    );
    quota.charge(1);
    vi.advanceTimersByTime(DAY_MS / 2);
    quota.charge(1);
    vi.advanceTimersByTime(DAY_MS);
    quota.charge(1);
    quota.charge(1);
    expect(quota.used).toBe(2);
    quota.stop();
    quota.stop();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test("what was used stays used when the quota changes, and over a restart on the same day", () => {
  const kept = new Map();
  const time = { nowMs: NOON_MS };
  const start = (): DailyQuota =>
    new DailyQuota(() => time.nowMs, { messagesPerDay: 10, meterBytes: 4096 }, kept);
  const first = start();
  for (let at = 0; at < 5; at++) first.charge(1);
  first.set({ messagesPerDay: 5, meterBytes: 512 });
  expect(() => first.require()).toThrow("used up");
  first.stop();
  const again = start();
  expect(again.used).toBe(5);
  again.stop();
  time.nowMs += DAY_MS;
  expect(start().used).toBe(0);
});

test("what was used is kept within a second, without a stop", () => {
  vi.useFakeTimers({ now: NOON_MS });
  try {
    const kept = new Map();
    const limits = { messagesPerDay: 10, meterBytes: 4096 };
    const quota = new DailyQuota(Date.now, limits, kept);
    for (let at = 0; at < 3; at++) quota.charge(1);
    expect(kept.size).toBe(0);
    vi.advanceTimersByTime(1000);
    expect(new DailyQuota(Date.now, limits, kept).used).toBe(3);
  } finally {
    vi.useRealTimers();
  }
});

test("it is the sum of the blocks of this day's messages", () => {
  const message = fc.tuple(fc.nat({ max: DAY_MS }), fc.nat({ max: 300_000 }));
  fc.assert(
    fc.property(fc.array(message, { maxLength: 30 }), (messages) => {
      const { quota, time } = quotaOf(Infinity);
      const sums = new Map<number, number>();
      for (const [pauseMs, bytes] of messages) {
        time.nowMs += pauseMs;
        quota.require();
        quota.charge(bytes);
        const day = Math.floor(time.nowMs / DAY_MS);
        sums.set(day, (sums.get(day) ?? 0) + Math.max(1, Math.ceil(bytes / 4096)));
        expect(quota.used).toBe(sums.get(day));
      }
    }),
  );
});
