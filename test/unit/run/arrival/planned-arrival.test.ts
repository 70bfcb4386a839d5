import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { PlannedArrival } from "../../../../src/run/arrival/planned-arrival.ts";
import type { DeviceStart } from "../../../../src/worker/protocol.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Ten devices a second apart, the first at 0. */
function arrival() {
  const held: string[] = [];
  const started: DeviceStart[] = [];
  const stopped = new Set<string>();
  const zeroMs = performance.now();
  const planned = new PlannedArrival({
    devices: Array.from({ length: 10 }, (_, index) => ({
      registrationId: `cave-${index}`,
      startMs: index * 1_000,
    })),
    clock: () => performance.now() - zeroMs,
    isToStart: (id) => !stopped.has(id),
    hold: (ids) => held.push(...ids),
    start: (starts) => started.push(...starts),
  });
  return { planned, held, started, stopped };
}

test("while nobody steers it, it only counts, and does nothing", () => {
  const { planned, held, started } = arrival();
  vi.advanceTimersByTime(2_500);
  expect(planned.state).toEqual({ started: 3, total: 10, isPaused: false, ratePerS: null });
  expect([...held, ...started]).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
  planned.resume();
  expect(held).toEqual([]);
});

test("a pause holds whoever is not due, and all of them start later by its length", () => {
  const { planned, held, started } = arrival();
  vi.advanceTimersByTime(2_500);
  planned.pause();
  expect(held).toEqual(Array.from({ length: 7 }, (_, index) => `cave-${index + 3}`));
  vi.advanceTimersByTime(10_000);
  expect(started).toEqual([]);
  expect(planned.state).toMatchObject({ started: 3, isPaused: true });
  planned.resume();
  vi.advanceTimersByTime(20_000);
  expect(started.map(({ dueMs }) => dueMs)).toEqual([
    13_000, 14_000, 15_000, 16_000, 17_000, 18_000, 19_000,
  ]);
  expect(planned.state).toMatchObject({ started: 10, isPaused: false });
  expect(vi.getTimerCount()).toBe(0);
});

test("devices that were stopped before their time are passed over", () => {
  const { planned, started, stopped } = arrival();
  planned.pause();
  stopped.add("cave-4");
  planned.resume();
  vi.advanceTimersByTime(20_000);
  expect(started.map(({ registrationId }) => registrationId)).toEqual(
    [1, 2, 3, 5, 6, 7, 8, 9].map((index) => `cave-${index}`),
  );
  expect(planned.state.started).toBe(10);
});

test("a rate holds and spaces the devices to come; a stop starts none of them", () => {
  const { planned, held, started } = arrival();
  planned.setRate(100);
  expect(held).toHaveLength(9);
  expect(planned.state).toEqual({ started: 10, total: 10, isPaused: false, ratePerS: 100 });
  expect(started.map(({ dueMs }) => dueMs)).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90]);
  const slow = arrival();
  slow.planned.setRate(1);
  vi.advanceTimersByTime(1_500);
  slow.planned.stop();
  slow.planned.stop();
  vi.advanceTimersByTime(60_000);
  expect(slow.started).toHaveLength(1);
});
