import fc from "fast-check";
import { expect, test } from "vitest";
import { LOOK_MS, LoopDelay } from "../../../../src/metrics/generator/loop-delay.ts";
import { ModelTime } from "../../../../src/metrics/generator/model-time.ts";

/** A loop that is looked at from 0 on, and what was told of it. */
function watched(models: readonly ModelTime[] = []) {
  const delays: number[] = [];
  const loop = new LoopDelay({ nowMs: 0, models, onDelay: (ms) => void delays.push(ms) });
  return { loop, delays };
}

test("a loop that is on time has no delay, and an early timer none below 0", () => {
  const { loop, delays } = watched();
  loop.look(50);
  loop.look(99.5);
  expect(delays).toEqual([0, 0]);
  expect(loop.take(100)).toEqual({ maxMs: 0, lateMs: 0, stalls: [] });
});

test("a stall is told with its time, and counts with every look that it left out", () => {
  const { loop, delays } = watched();
  loop.look(50);
  loop.look(400);
  expect(loop.take(400)).toEqual({ maxMs: 300, lateMs: 200, stalls: [{ t: 100, ms: 300 }] });
  expect(delays).toEqual([0, 300, 250, 200, 150, 100, 50, 0]);
});

test("what is taken begins anew", () => {
  const { loop } = watched();
  loop.look(400);
  loop.take(400);
  loop.look(450);
  expect(loop.take(450)).toEqual({ maxMs: 0, lateMs: 0, stalls: [] });
});

test("a stall that is still on counts when it is taken, and not once more", () => {
  const { loop } = watched();
  expect(loop.take(550)).toMatchObject({ maxMs: 500, stalls: [{ t: 50, ms: 500 }] });
  loop.look(551);
  expect(loop.take(600)).toMatchObject({ maxMs: 0, stalls: [] });
});

test("the delays of any looks are one for each look that was due", () => {
  const gaps = fc.array(fc.double({ min: LOOK_MS, max: 5_000, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(gaps, (given) => {
      const { loop, delays } = watched();
      let nowMs = 0;
      for (const gap of given) loop.look((nowMs += gap));
      const looks = given.reduce((sum, gap) => sum + Math.floor(gap / LOOK_MS + 1e-9), 0);
      expect(Math.abs(delays.length - looks)).toBeLessThanOrEqual(given.length);
      expect(loop.take(nowMs).maxMs).toBe(Math.round(Math.max(...delays)));
    }),
  );
});

test("the model that most of a stall was spent in is named, and no other", () => {
  let nowMs = 0;
  const [slow, quick] = ["slow", "quick"].map((name) => new ModelTime(name, () => nowMs));
  if (slow === undefined || quick === undefined) throw new Error("two models were made");
  const { loop } = watched([quick, slow]);
  const began = slow.begin();
  nowMs = 1_500;
  slow.end(began);
  loop.look(1_550);
  loop.look(3_000);
  expect(loop.take(3_000).stalls).toEqual([
    { t: 50, ms: 1_500, model: "slow" },
    { t: 1_600, ms: 1_400 },
  ]);
});

test("time in a model before the stall does not count", () => {
  let nowMs = 0;
  const slow = new ModelTime("slow", () => nowMs);
  const { loop } = watched([slow]);
  const began = slow.begin();
  nowMs = 240;
  slow.end(began);
  loop.look(240);
  loop.look(600);
  expect(loop.take(600).stalls).toEqual([{ t: 290, ms: 310 }]);
});
