import { describe, expect, test } from "vitest";
import type { Belt } from "../../../../devices/conveyor/belt.ts";
import type { ClassicProgram } from "../../../../devices/conveyor/classic-program.ts";
import {
  CSHARP_PROGRAM,
  DRAFT_PROGRAM,
  NODE_PROGRAM,
} from "../../../../devices/conveyor/classic-program.ts";
import { createRandom } from "../../../../src/base/random.ts";
import type { ModelEvent, RandomStream } from "../../../../src/model/model.ts";
import { classicOf, drawsOf } from "./belts.ts";

/** Draws behind the natural amplitude with which a belt at `desiredSpeed` fast begins both vibrations at once. */
const BOTH_BEGIN = [0.05, 0.5, 0.01, 0.5];

function vibrations(ticks: number, tick: () => Belt): number[] {
  return Array.from({ length: ticks }, () => tick().vibration);
}

/** A classic signal that notes its events. */
function toldBy(
  random: RandomStream,
  program: ClassicProgram = CSHARP_PROGRAM,
): ReturnType<typeof classicOf> & { readonly events: readonly ModelEvent[] } {
  const events: ModelEvent[] = [];
  return { events, ...classicOf(random, { program, tell: (event) => void events.push(event) }) };
}

describe("vibration", () => {
  test("with N = 3, C = 4 and K = 150 from the first tick is 0, 6.382649, -1.869987, …", () => {
    const { belt, tick } = classicOf(drawsOf([0.5, ...BOTH_BEGIN]));
    belt.desiredSpeed = "fast";
    const seen = vibrations(11, tick);
    const expected = [0, 6.382649, -1.869987, 0.342423, 4.131672, -3.568215];
    for (const [k, value] of expected.entries()) expect(seen[k]).toBeCloseTo(value, 6);
    expect(seen[10]).toBeCloseTo(0.588983, 6);
  });

  test("natural alone is N sin t, of any speed: RMS N/√2 in the long run", () => {
    const { belt, tick } = classicOf(drawsOf([0.5]));
    belt.desiredSpeed = "slow";
    const seen = vibrations(22_000, tick);
    const rms = Math.sqrt(seen.reduce((sum, value) => sum + value * value, 0) / seen.length);
    expect(rms / (3 / Math.SQRT2)).toBeCloseTo(1, 3);
    expect(Math.max(...seen)).toBeLessThanOrEqual(3);
  });

  test("time goes on while the belt stands, and vibration is 0 then", () => {
    const { belt, tick } = classicOf(drawsOf([0.5]));
    belt.desiredSpeed = "stopped";
    expect(vibrations(3, tick)).toEqual([0, 0, 0]);
    belt.desiredSpeed = "slow";
    expect(tick().vibration).toBeCloseTo(3 * Math.sin(6), 12);
  });

  test("severities are halved and doubled on a slow belt, and kept when the speed changes", () => {
    const slow = toldBy(drawsOf([0.5, ...BOTH_BEGIN]));
    slow.belt.desiredSpeed = "slow";
    slow.tick();
    expect(slow.events.map(({ data }) => data)).toEqual([{ severity: 2 }, { severity: 300 }]);
    slow.belt.desiredSpeed = "fast";
    expect(slow.tick().vibration).toBeCloseTo(
      3 * Math.sin(2) + 2 * Math.sin(1.5) * Math.sin(20) + (2 / 300) * Math.sin(2),
      12,
    );
  });

  test("a stop ends all unwanted vibration", () => {
    const { belt, tick } = classicOf(drawsOf([0.5, ...BOTH_BEGIN]));
    belt.desiredSpeed = "fast";
    expect(tick()).toMatchObject({ forced: true, increasing: true });
    belt.desiredSpeed = "stopped";
    expect(tick()).toMatchObject({ forced: false, increasing: false, vibration: 0 });
    belt.desiredSpeed = "fast";
    expect(tick().vibration).toBeCloseTo(3 * Math.sin(4), 12);
  });
});

describe("draws come in the order of the program", () => {
  test("C#: speed, speed, forced, increasing, temperature", () => {
    const random = drawsOf([0.5, 0.8, 0.05, 0, 0.01, 1, 0.9, 0.5, 0.5, 0.991, 0.5, 0.7]);
    const { events, tick } = toldBy(random);
    // From standing: one draw of the speed, two for each vibration that begins, one of the temperature.
    expect(tick()).toMatchObject({ speed: "slow", forced: true, increasing: true });
    expect(random.drawn()).toBe(7);
    expect(tick().temperatureF).toBeCloseTo(60 + 0.4 + 0.2, 12);
    expect(random.drawn()).toBe(12);
    expect(events.map(({ text }) => text)).toEqual([
      "Forced vibration starting with severity: 0.5",
      "Increasing vibration starting with severity: 400",
      "Forced vibration stopped",
    ]);
  });

  test("Node.js draws the temperature behind the speed", () => {
    const random = drawsOf([0.5, 0.7, 0.9, 0.8, 0.4]);
    const { tick } = classicOf(random, { program: NODE_PROGRAM });
    expect(tick()).toMatchObject({ speed: "stopped", temperatureF: 60.4 });
    expect(tick()).toMatchObject({ speed: "slow", temperatureF: 60.3 });
  });

  test("the draft draws its damping last, and no temperature", () => {
    const random = drawsOf([0.5, 0.8, 0.5, 0.5, 0.009, 0.5]);
    const { belt, events, tick } = toldBy(random, DRAFT_PROGRAM);
    tick();
    expect(random.drawn()).toBe(6);
    expect(events.map(({ name, data }) => [name, data])).toEqual([
      ["dampingVibrationStarted", { severity: 2 * (0.1 + 0.1 * 0.5) }],
    ]);
    tick();
    expect(belt.vibration).toBeCloseTo(
      3 * Math.sin(3) * Math.exp(-0.9) * Math.cos(6 * Math.PI),
      12,
    );
    expect(belt.temperatureF).toBe(60);
  });
});

describe("the Node.js program, whose severities are undefined at first", () => {
  /** Draws of a tick: speed and speed, temperature, both vibrations. */
  const WOULD_BEGIN = [0.5, 0.5, 0.5, 0, 0];

  test("begins no vibration when its first tick starts the belt", () => {
    const random = drawsOf([
      0.5,
      0.8,
      0.5,
      0,
      0,
      ...Array.from({ length: 50 }, () => WOULD_BEGIN).flat(),
    ]);
    const { events, tick } = toldBy(random, NODE_PROGRAM);
    for (let count = 0; count < 51; count += 1) tick();
    expect(events).toEqual([]);
  });

  test("begins them after the draw that would end them, which nobody is told", () => {
    const random = drawsOf([0.5, 0.8, 0.5, 0.991, 0, ...WOULD_BEGIN]);
    const { events, tick } = toldBy(random, NODE_PROGRAM);
    tick();
    expect(events).toEqual([]);
    expect(tick()).toMatchObject({ forced: true, increasing: false });
  });

  test("begins them after the first stop", () => {
    const random = drawsOf([0.5, 0.8, 0.5, 0, 0, 0.009, 0.5, 0.5, 0.8, 0.5, 0.05, 0.5, 0.01]);
    const { tick } = classicOf(random, { program: NODE_PROGRAM });
    expect(tick().speed).toBe("slow");
    expect(tick().speed).toBe("stopped");
    expect(tick()).toMatchObject({ speed: "slow", forced: true, increasing: true });
  });

  test("other programs begin them at once", () => {
    const { tick } = classicOf(drawsOf([0.5, 0.8, 0, 0.5, 0, 0.5]));
    expect(tick()).toMatchObject({ speed: "slow", forced: true, increasing: true });
  });
});

describe("packages", () => {
  test("2 s of a slow belt are 2, of a fast one 4; in the draft 3 s are 3 and 6", () => {
    const counts = [undefined, DRAFT_PROGRAM].map((program) => {
      const { belt, tick } = toldBy(drawsOf([]), program);
      return (["slow", "fast", "stopped"] as const).map((speed) => {
        belt.desiredSpeed = speed;
        return tick().packages;
      });
    });
    expect(counts).toEqual([
      [2, 6, 6],
      [3, 9, 9],
    ]);
  });

  test("are those of the speed that is told with them, at every tick", () => {
    const { belt, tick } = classicOf(createRandom(3, "packages"));
    let before = 0;
    for (let count = 0; count < 2_000; count += 1) {
      const { speed, packages } = tick();
      expect(packages - before).toBe({ stopped: 0, slow: 2, fast: 4 }[speed]);
      before = packages;
    }
    expect(belt.packages).toBeGreaterThan(0);
  });
});
