import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HeldCalls } from "../../../../src/emulator/network/held-calls.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("calls keep their order, whatever their delays are and whenever they come", () => {
  const step = fc.record({
    delayMs: fc.double({ min: 0, max: 50, noNaN: true }),
    gapMs: fc.nat(20),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const calls = new HeldCalls();
      const made: number[] = [];
      for (const [at, { delayMs, gapMs }] of steps.entries()) {
        calls.delay(1, () => made.push(at), delayMs);
        vi.advanceTimersByTime(gapMs);
      }
      vi.runAllTimers();
      expect(made).toEqual([...steps.keys()]);
      expect(calls.bytes).toBe(0);
    }),
  );
});

test("a call is made after its delay, and not before", () => {
  const calls = new HeldCalls();
  const made: string[] = [];
  calls.delay(3, () => made.push("first"), 100);
  vi.advanceTimersByTime(99);
  expect([made, calls.bytes]).toEqual([[], 3]);
  vi.advanceTimersByTime(1);
  expect([made, calls.bytes]).toEqual([["first"], 0]);
});

test("what is held without a time waits for makeAll, and so does what comes behind it", () => {
  const calls = new HeldCalls();
  const made: string[] = [];
  calls.hold(1, () => made.push("first"));
  calls.hold(1, () => made.push("second"));
  vi.runAllTimers();
  expect(made).toEqual([]);
  calls.makeAll();
  expect(made).toEqual(["first", "second"]);
});

test("a call that comes while others are made is made behind them", () => {
  const calls = new HeldCalls();
  const made: string[] = [];
  calls.hold(1, () => {
    made.push("first");
    calls.hold(1, () => made.push("third"));
  });
  calls.hold(1, () => made.push("second"));
  calls.makeAll();
  expect([made, calls.bytes]).toEqual([["first", "second", "third"], 0]);
});

test("times that are forgotten let nothing go, and dropped calls are never made", () => {
  const calls = new HeldCalls();
  const made: string[] = [];
  calls.delay(5, () => made.push("first"), 10);
  calls.forgetTimes();
  vi.runAllTimers();
  expect([made, calls.bytes]).toEqual([[], 5]);
  calls.drop();
  calls.makeAll();
  expect([made, calls.bytes]).toEqual([[], 0]);
});
