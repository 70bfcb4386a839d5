import { describe, expect, test } from "vitest";
import { parseSpeedPlan } from "../../../../../devices/conveyor/physical/speed-plan.ts";
import { SpeedSchedule } from "../../../../../devices/conveyor/physical/speed-schedule.ts";
import { createRandom } from "../../../../../src/base/random.ts";

const meanOf = ([count = 0, sum = 0]: readonly number[]): number => sum / count;

describe("speeds by chance", () => {
  const COUNT = 40_000;
  const schedule = new SpeedSchedule([], createRandom(1, "speeds"));
  const stays = { running: [0, 0], stopped: [0, 0] };
  const changes = { toStop: 0, toSpeed: 0, fromStop: new Set<string>() };
  for (let count = 0; count < COUNT; count += 1) {
    const { speed, leftS } = schedule;
    const stay = stays[speed === "stopped" ? "stopped" : "running"];
    stay[0] = (stay[0] ?? 0) + 1;
    stay[1] = (stay[1] ?? 0) + leftS;
    schedule.passes(leftS);
    if (speed === "stopped") changes.fromStop.add(schedule.speed);
    else changes[schedule.speed === "stopped" ? "toStop" : "toSpeed"] += 1;
  }

  test("stay for 32.60 s on a moving belt and 6.95 s on a standing one", () => {
    // As -2 s / ln(0.9405) and -2 s / ln(0.75): the samples' chances to stay for a tick of 2 s. Bounds of 4 sigma.
    expect(Math.abs(meanOf(stays.running) - 32.604)).toBeLessThan(0.72);
    expect(Math.abs(meanOf(stays.stopped) - 6.952)).toBeLessThan(0.38);
  });

  test("change to the other speed, and in 0.0095 of 0.0595 cases to a stop", () => {
    const share = changes.toStop / (changes.toStop + changes.toSpeed);
    expect(Math.abs(share - 0.1597)).toBeLessThan(0.008);
    expect([...changes.fromStop]).toEqual(["slow"]);
  });
});

describe("a plan", () => {
  test("is gone through over and over", () => {
    const plan = parseSpeedPlan("slow 600, fast 1200,stopped 60") ?? [];
    const schedule = new SpeedSchedule(plan, createRandom(1, "plan"));
    const seen: unknown[] = [];
    for (let count = 0; count < 4; count += 1) {
      seen.push([schedule.speed, schedule.leftS]);
      schedule.passes(schedule.leftS);
    }
    expect(seen).toEqual([
      ["slow", 600],
      ["fast", 1_200],
      ["stopped", 60],
      ["slow", 600],
    ]);
  });

  test.each(["", "slow", "slow 0", "slow x", "quick 5", "slow 5 6", "slow 5,,", "slow 1e9"])(
    "is not %j",
    (text) => {
      expect(parseSpeedPlan(text)).toBeUndefined();
    },
  );
});
