import fc from "fast-check";
import { expect, test } from "vitest";
import { SlidingWindow } from "../../../../src/emulator/throttling/sliding-window.ts";

const START_MS = Date.UTC(2026, 0, 1);
const WINDOW_MS = 60_000;

const steps = fc.array(fc.tuple(fc.nat({ max: 20_000 }), fc.integer({ min: 1, max: 4 })), {
  minLength: 1,
  maxLength: 120,
});

test("it counts as one does who remembers every time", () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 12 }), (asked, limit) => {
      const window = new SlidingWindow(WINDOW_MS);
      const taken: { readonly atMs: number; readonly count: number }[] = [];
      let nowMs = START_MS;
      for (const [pauseMs, count] of asked) {
        nowMs += pauseMs;
        const usedAt = (atMs: number): number =>
          taken
            .filter((one) => one.atMs > atMs - WINDOW_MS)
            .reduce((sum, one) => sum + one.count, 0);
        expect(window.used(nowMs)).toBe(usedAt(nowMs));
        const isRoom = (atMs: number): boolean => usedAt(atMs) + Math.min(count, limit) <= limit;
        const soonest = [nowMs, ...taken.map(({ atMs }) => atMs + WINDOW_MS)]
          .filter((atMs) => atMs >= nowMs && isRoom(atMs))
          .reduce((least, atMs) => Math.min(least, atMs));
        const waitMs = window.take(count, limit, nowMs);
        expect(waitMs).toBe(soonest - nowMs);
        if (waitMs === 0) taken.push({ atMs: nowMs, count });
      }
    }),
    { numRuns: 200 },
  );
});

test("a limit cannot be passed twice at a border between two minutes", () => {
  const window = new SlidingWindow(WINDOW_MS);
  for (let at = 0; at < 10; at++) expect(window.take(1, 10, START_MS + 59_000)).toBe(0);
  expect(window.take(1, 10, START_MS + 61_000)).toBe(58_000);
  expect(window.take(1, 10, START_MS + 119_000)).toBe(0);
});

test("a clock that is set back by more than the window begins anew", () => {
  const window = new SlidingWindow(WINDOW_MS);
  window.take(5, 5, START_MS);
  expect(window.take(1, 5, START_MS - 1000)).toBe(61_000);
  expect(window.take(1, 5, START_MS - WINDOW_MS - 1)).toBe(0);
});
