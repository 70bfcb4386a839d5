import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Motion } from "../../../../../devices/conveyor/physical/motion.ts";

/** Time in pieces, as the belt cuts it: never past the end of a ramp. */
function move(motion: Motion, seconds: number): void {
  let leftS = seconds;
  while (leftS > 0) {
    const dtS = Math.min(leftS, motion.rampS);
    motion.advance(dtS);
    leftS -= dtS;
  }
}

describe("a belt that starts", () => {
  test("is at 1 m/s after 4 s of 0.25 m/s², and 2 m further", () => {
    const motion = new Motion(0.25);
    motion.targetMps = 1;
    expect(motion.rampS).toBe(4);
    expect(motion.advance(2)).toBe(0.5);
    expect(motion.speedMps).toBe(0.5);
    expect(motion.advance(2)).toBe(1.5);
    expect(motion).toMatchObject({ speedMps: 1, distanceM: 2, rampS: Infinity });
    expect(motion.advance(10)).toBe(10);
  });

  test("stands when it should: the speed is 0 then, not nearly", () => {
    const motion = new Motion(0.3);
    motion.targetMps = 0.7;
    move(motion, 100);
    motion.targetMps = 0;
    move(motion, 100);
    expect(motion.speedMps).toBe(0);
    expect(motion.advance(5)).toBe(0);
  });
});

test("the way does not depend on how time is cut", () => {
  const step = fc.record({
    targetMps: fc.constantFrom(0, 0.5, 1),
    seconds: fc.double({ min: 0.1, max: 30, noNaN: true }),
    pieces: fc.integer({ min: 1, max: 7 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const [whole, cut] = [new Motion(0.25), new Motion(0.25)];
      for (const { targetMps, seconds, pieces } of steps) {
        whole.targetMps = cut.targetMps = targetMps;
        move(whole, seconds);
        for (let piece = 0; piece < pieces; piece += 1) move(cut, seconds / pieces);
      }
      expect(cut.speedMps).toBeCloseTo(whole.speedMps, 9);
      expect(cut.distanceM).toBeCloseTo(whole.distanceM, 9);
    }),
  );
});
