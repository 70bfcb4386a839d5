import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FaultTimes } from "../../../../src/base/fault-spec.ts";
import { createRandom } from "../../../../src/base/random.ts";
import type { Occurrence } from "../../../../src/device/faults/fault-switch.ts";
import { FaultSwitch, occurrencesOf } from "../../../../src/device/faults/fault-switch.ts";

const never = (): number => {
  throw new Error("nothing is drawn here");
};

const switchOf = (times: FaultTimes, isMoment = false): FaultSwitch =>
  new FaultSwitch(occurrencesOf(times, isMoment, never));

/** What changes at each step of a device that sends every `everyMs` from `fromMs` on. */
const changesOf = (fault: FaultSwitch, everyMs: number, steps: number, fromMs = 0): string[] =>
  Array.from({ length: steps }, (_, step) => fault.at(fromMs + step * everyMs).join("+"));

const script = (atMs: number, forMs?: number): FaultTimes =>
  forMs === undefined ? { by: "script", at: "", atMs } : { by: "script", at: "", atMs, forMs };

describe("a fault at a time", () => {
  test("is on for the messages that are due from its begin up to its end", () => {
    expect(changesOf(switchOf(script(10, 10)), 5, 6)).toEqual(["", "", "begun", "", "ended", ""]);
  });

  test("stays where it has no end", () => {
    expect(changesOf(switchOf(script(7)), 5, 5)).toEqual(["", "", "begun", "", ""]);
  });

  test("is on for one message where it is shorter than an interval", () => {
    expect(changesOf(switchOf(script(6, 1)), 5, 5)).toEqual(["", "", "begun", "ended", ""]);
  });

  test("is missed by who begins after its end, and taken up by who begins within it", () => {
    expect(changesOf(switchOf(script(10, 10)), 5, 3, 20)).toEqual(["", "", ""]);
    expect(changesOf(switchOf(script(10, 10)), 5, 3, 15)).toEqual(["begun", "ended", ""]);
  });

  test("is over as soon as it has begun where its kind is of a moment", () => {
    expect(changesOf(switchOf(script(0), true), 5, 2)).toEqual(["begun+ended", ""]);
    expect(changesOf(switchOf(script(6), true), 5, 4)).toEqual(["", "", "begun+ended", ""]);
    expect(changesOf(switchOf(script(6), true), 5, 2, 10)).toEqual(["", ""]);
  });

  test("is due though a sum of intervals falls short by a rounding error", () => {
    const fault = switchOf(script(30_000, 1_000));
    let ageMs = 0;
    let begunAfter = 0;
    for (let step = 0; begunAfter === 0; step += 1, ageMs += 0.1 * 1_000) {
      if (fault.at(ageMs).length > 0) begunAfter = step;
    }
    expect(begunAfter).toBe(300);
  });
});

const ages = (atMs: number[], forMs: number): FaultTimes => ({ by: "age", atMs, forMs });

describe("a fault at several ages", () => {
  test("comes each time", () => {
    expect(changesOf(switchOf(ages([5, 15], 5)), 5, 5)).toEqual([
      "",
      "begun",
      "ended",
      "begun",
      "ended",
    ]);
  });

  test("ends and begins at one step, and goes on where times overlap", () => {
    expect(changesOf(switchOf(ages([5, 10], 5)), 5, 4)).toEqual([
      "",
      "begun",
      "ended+begun",
      "ended",
    ]);
    expect(changesOf(switchOf(ages([5, 10], 8)), 5, 5)).toEqual(["", "begun", "", "", "ended"]);
  });
});

const take = (count: number, seed: number): readonly Occurrence[] => {
  const random = createRandom(seed, "fault");
  const all = occurrencesOf({ by: "chance", everyMs: 600, forMs: 20 }, false, () => random.next());
  return Array.from({ length: count }, () => all.next().value).filter((one) => one !== undefined);
};

describe("a fault by chance", () => {
  test("begins every 600 ms in the mean, lasts 20 and never overlaps: 20,000 times, within 4 sigma", () => {
    const times = take(20_000, 1);
    const mean = (times.at(-1)?.beginMs ?? 0) / (times.length - 1);
    expect(Math.abs(mean - 600)).toBeLessThan((4 * 580) / Math.sqrt(times.length));
    for (const [index, { beginMs, endMs }] of times.entries()) {
      expect(endMs - beginMs).toBeCloseTo(20, 6);
      expect(beginMs).toBeGreaterThanOrEqual(times[index - 1]?.endMs ?? 0);
    }
  });

  test("is the same with the same seed", () => {
    expect(take(5, 7)).toEqual(take(5, 7));
    expect(take(5, 7)).not.toEqual(take(5, 8));
  });
});

test("begun and ended take turns, whatever the times and the steps", () => {
  const times = fc.array(fc.integer({ min: 0, max: 1_000 }), { maxLength: 20 });
  fc.assert(
    fc.property(
      times,
      fc.integer({ min: 0, max: 300 }),
      fc.array(fc.integer({ min: 1, max: 400 })),
      (at, forMs, gaps) => {
        const atMs = at.toSorted((a, b) => a - b);
        const fault = switchOf({ by: "age", atMs, forMs });
        let nowMs = 0;
        const changes = [0, ...gaps].flatMap((gap) => fault.at((nowMs += gap)));
        expect(changes).toEqual(changes.map((_, index) => (index % 2 === 0 ? "begun" : "ended")));
      },
    ),
  );
});
