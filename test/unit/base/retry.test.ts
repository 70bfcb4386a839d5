import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  backoffMs,
  retryAfterMs,
  sleep,
  TimeoutError,
  withTimeout,
} from "../../../src/base/retry.ts";

const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("back-off", () => {
  test("with full jitter a delay is anywhere up to its bound, and without it the bound itself", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat({ max: 500 }),
        unit,
        (attempt, jitter, floorMs, value) => {
          const bound = Math.min(30_000, 500 * 2 ** (attempt - 1));
          const delayOf = (part: number): number =>
            backoffMs({ firstMs: 500, maxMs: 30_000, jitter: part }, attempt, () => value);
          expect(delayOf(1)).toBeCloseTo(bound * (1 - value));
          expect(delayOf(1)).toBeGreaterThan(0);
          expect(delayOf(0)).toBe(bound);
          const options = { firstMs: 500, maxMs: 30_000, jitter, floorMs };
          const delay = backoffMs(options, attempt, () => value);
          expect(delay).toBeGreaterThanOrEqual(Math.max(floorMs, bound * (1 - jitter)));
          expect(delay).toBeLessThanOrEqual(bound);
        },
      ),
    );
  });

  test("what a service asks to wait is never cut short", () => {
    fc.assert(
      fc.property(fc.nat(), unit, (asked, value) => {
        const delay = retryAfterMs(asked, () => value);
        expect(delay).toBeGreaterThanOrEqual(asked);
        expect(delay).toBeLessThanOrEqual(asked * 1.25);
      }),
    );
  });
});

describe("waiting", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("a sleep longer than a timer can hold does not end at once", async () => {
    const days30 = 30 * 24 * 3_600_000;
    const awake = vi.fn<() => void>();
    const sleeping = (async () => {
      await sleep(days30);
      awake();
    })();
    await vi.advanceTimersByTimeAsync(days30 - 1);
    expect(awake).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await sleeping;
  });

  test("an abort ends a sleep with its reason and leaves no timer", async () => {
    const controller = new AbortController();
    const sleeping = sleep(1_000, controller.signal);
    controller.abort(new Error("stop"));
    await expect(sleeping).rejects.toThrow("stop");
    expect(vi.getTimerCount()).toBe(0);
    await expect(sleep(1, controller.signal)).rejects.toThrow("stop");
  });

  test("work that takes too long is told to stop and given up", async () => {
    let told: unknown;
    const given = withTimeout({ what: "opening", timeoutMs: 50 }, async (signal) => {
      signal.addEventListener("abort", () => {
        told = signal.reason;
      });
      await new Promise(() => {});
    });
    const [outcome] = await Promise.all([
      Promise.allSettled([given]),
      vi.advanceTimersByTimeAsync(50),
    ]);
    expect(outcome).toEqual([
      { status: "rejected", reason: new TimeoutError("opening took longer than 50 ms") },
    ]);
    expect(told).toBeInstanceOf(TimeoutError);
  });

  test("an outer abort gives its own reason, and timers are cleared in every case", async () => {
    const controller = new AbortController();
    const given = withTimeout(
      { what: "opening", timeoutMs: 50, signal: controller.signal },
      () => new Promise(() => {}),
    );
    controller.abort(new Error("interrupted"));
    await expect(given).rejects.toThrow("interrupted");
    await expect(withTimeout({ what: "x", timeoutMs: 50 }, async () => 7)).resolves.toBe(7);
    expect(vi.getTimerCount()).toBe(0);
  });
});
