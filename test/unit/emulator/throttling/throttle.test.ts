import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ServiceFault } from "../../../../src/emulator/fault.ts";
import type { ThrottleRate } from "../../../../src/emulator/throttling/throttle.ts";
import { Throttle } from "../../../../src/emulator/throttling/throttle.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
});
afterEach(() => {
  vi.useRealTimers();
});

const FOREVER = { delayMaxMs: Infinity };

const throttleOf = (rate: ThrottleRate): Throttle =>
  new Throttle({
    clock: Date.now,
    rate,
    full: (retryAfterS) => new ServiceFault("throttled", "full", { retryAfterS }),
    late: () => new ServiceFault("backlogTimeout", "late"),
    stopped: () => new ServiceFault("serviceUnavailable", "stopped"),
  });

/** Something that began or was refused, and when. */
interface Told {
  readonly name: number;
  readonly atMs: number;
  readonly fault: string | undefined;
}

/** Asks a throttle for turns, and notes what becomes of each. */
function asking(throttle: Throttle) {
  const startMs = Date.now();
  const told: Told[] = [];
  let name = 0;
  const tell = (who: number, fault?: unknown): void => {
    const kind = fault instanceof ServiceFault ? fault.kind : undefined;
    told.push({ name: who, atMs: Date.now() - startMs, fault: kind });
  };
  const ask = (cost = 1, signal?: AbortSignal): void => {
    const who = name++;
    try {
      const wait = throttle.take(cost, signal);
      if (wait === undefined) tell(who);
      else
        void wait.then(
          () => tell(who),
          (fault: unknown) => tell(who, fault),
        );
    } catch (fault) {
      tell(who, fault);
    }
  };
  return { told, ask, begun: () => told.filter(({ fault }) => fault === undefined) };
}

const rates = fc.record({
  perS: fc.double({ min: 0.2, max: 500, noNaN: true }),
  burstMs: fc.nat({ max: 5000 }),
});
/** Pauses before each operation, in ms, and what it costs. */
const arrivals = fc.array(fc.tuple(fc.nat({ max: 800 }), fc.integer({ min: 1, max: 5 })), {
  minLength: 1,
  maxLength: 40,
});

test("in any time no more begins than the rate gives, and one burst", async () => {
  await fc.assert(
    fc.asyncProperty(rates, arrivals, async ({ perS, burstMs }, coming) => {
      const throttle = throttleOf({ perS, burstMs, ...FOREVER });
      const { ask, told } = asking(throttle);
      for (const [pauseMs, cost] of coming) {
        await vi.advanceTimersByTimeAsync(pauseMs);
        ask(cost);
      }
      await vi.runAllTimersAsync();
      expect(told.map(({ name }) => name)).toEqual(coming.map((_, at) => at));
      // What costs more than a burst is let through by itself.
      const burst = Math.max((burstMs / 1000) * perS, ...coming.map(([, cost]) => cost));
      for (const [first, { atMs: fromMs }] of told.entries()) {
        let cost = 0;
        for (const { name, atMs } of told.slice(first)) {
          cost += coming[name]?.[1] ?? 0;
          const allowed = burst + ((atMs - fromMs) / 1000) * perS;
          expect(cost).toBeLessThanOrEqual(allowed + 1e-6 * perS + 1e-9);
        }
      }
    }),
    { numRuns: 40 },
  );
});

test("an order is kept however the rate changes, and nothing is forgotten", async () => {
  const changes = fc.array(fc.tuple(fc.nat({ max: 900 }), rates), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(rates, fc.integer({ min: 1, max: 30 }), changes, async (rate, count, all) => {
      const throttle = throttleOf({ ...rate, ...FOREVER });
      const { ask, told } = asking(throttle);
      for (let at = 0; at < count; at++) ask();
      for (const [pauseMs, next] of all) {
        await vi.advanceTimersByTimeAsync(pauseMs);
        throttle.set({ ...next, ...FOREVER });
      }
      await vi.runAllTimersAsync();
      expect(told.map(({ name }) => name)).toEqual(Array.from({ length: count }, (_, at) => at));
      expect(throttle.use.waiting).toBe(0);
      expect(vi.getTimerCount()).toBe(0);
    }),
    { numRuns: 40 },
  );
});

test("a burst begins at once, what is above it evenly, and what would wait too long is refused", async () => {
  const throttle = throttleOf({ perS: 10, burstMs: 500, delayMaxMs: 300 });
  const { ask, told } = asking(throttle);
  for (let at = 0; at < 9; at++) ask();
  // Five at once, three in the next 300 ms; the ninth is refused before those begin.
  expect(told.map(({ name, fault }) => [name, fault])).toEqual([
    [0, undefined],
    [1, undefined],
    [2, undefined],
    [3, undefined],
    [4, undefined],
    [8, "throttled"],
  ]);
  expect(throttle.use).toEqual({ perS: 10, waiting: 3, delayed: 3, refused: 1 });
  expect(vi.getTimerCount()).toBe(1);
  await vi.runAllTimersAsync();
  expect(told.slice(6).map(({ name, atMs }) => [name, atMs])).toEqual([
    [5, 100],
    [6, 200],
    [7, 300],
  ]);
  expect(throttle.use.waiting).toBe(0);
});

test("a refusal tells when there is room again, in whole seconds", () => {
  const throttle = throttleOf({ perS: 1, burstMs: 0, delayMaxMs: 2000 });
  const { ask } = asking(throttle);
  for (let at = 0; at < 3; at++) ask();
  expect(() => throttle.take(1)).toThrow(expect.objectContaining({ retryAfterS: 1 }));
  expect(() => throttle.take(4)).toThrow(expect.objectContaining({ retryAfterS: 1 }));
});

test("what costs more than a burst begins when there is nothing else, and the next pays for it", async () => {
  const throttle = throttleOf({ perS: 10, burstMs: 100, ...FOREVER });
  const { ask, begun } = asking(throttle);
  ask(50);
  ask();
  await vi.runAllTimersAsync();
  expect(begun().map(({ atMs }) => atMs)).toEqual([0, 5000]);
});

test("nobody overtakes who waits, also where the timer is late", async () => {
  const throttle = throttleOf({ perS: 1, burstMs: 2000, ...FOREVER });
  const { ask, told } = asking(throttle);
  for (let at = 0; at < 3; at++) ask();
  // As when the process was busy: there would be room for two by now.
  vi.setSystemTime(Date.now() + 10_000);
  ask();
  await vi.runAllTimersAsync();
  expect(told.map(({ name }) => name)).toEqual([0, 1, 2, 3]);
});

test("what waits is let go at once when the throttle is taken off", async () => {
  const throttle = throttleOf({ perS: 0.001, burstMs: 0, ...FOREVER });
  const { ask, begun } = asking(throttle);
  for (let at = 0; at < 4; at++) ask();
  throttle.set({ perS: Infinity, burstMs: 0, delayMaxMs: 0 });
  await vi.advanceTimersByTimeAsync(0);
  expect(begun().map(({ name, atMs }) => [name, atMs])).toEqual([
    [0, 0],
    [1, 0],
    [2, 0],
    [3, 0],
  ]);
  expect(vi.getTimerCount()).toBe(0);
});

test("what waits is timed anew at another rate; what would wait too long there is refused", async () => {
  const throttle = throttleOf({ perS: 1, burstMs: 0, delayMaxMs: 3000 });
  const { ask, told } = asking(throttle);
  for (let at = 0; at < 4; at++) ask();
  await vi.advanceTimersByTimeAsync(500);
  // Half a turn is owed still: at the lower rate that is one second.
  throttle.set({ perS: 0.5, burstMs: 0, delayMaxMs: 3000 });
  await vi.runAllTimersAsync();
  expect(told).toEqual([
    { name: 0, atMs: 0, fault: undefined },
    { name: 3, atMs: 500, fault: "backlogTimeout" },
    { name: 1, atMs: 1500, fault: undefined },
    { name: 2, atMs: 3500, fault: undefined },
  ]);
});

test("an aborted wait is over at once and takes no turn", async () => {
  const throttle = throttleOf({ perS: 1, burstMs: 0, ...FOREVER });
  const { ask, told } = asking(throttle);
  const stop = new AbortController();
  ask();
  ask(1, stop.signal);
  ask();
  stop.abort();
  await vi.runAllTimersAsync();
  expect(told.map(({ name, atMs }) => [name, atMs])).toEqual([
    [0, 0],
    [1, 0],
    [2, 1000],
  ]);
});

test("stopped, it refuses what waits and what would have to, and leaves no timer", async () => {
  const throttle = throttleOf({ perS: 1, burstMs: 1000, ...FOREVER });
  const { ask, told } = asking(throttle);
  ask();
  ask();
  throttle.stop();
  throttle.stop();
  ask();
  await vi.runAllTimersAsync();
  expect(told.map(({ name, fault }) => [name, fault])).toEqual([
    [0, undefined],
    [2, "throttled"],
    [1, "serviceUnavailable"],
  ]);
  expect(vi.getTimerCount()).toBe(0);
});
