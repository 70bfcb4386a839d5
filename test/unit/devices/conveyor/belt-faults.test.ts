import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Speed } from "../../../../devices/conveyor/belt.ts";
import { SPEEDS } from "../../../../devices/conveyor/belt.ts";
import { model } from "../../../../devices/conveyor/index.ts";
import type { JsonObject } from "../../../../src/model/model.ts";
import { beltOf, DIALECTS, PUSHED } from "./belts.ts";

type Belt = ReturnType<typeof beltOf>;

interface Log {
  readonly vibration: number;
  readonly packages: number;
  readonly speed: Speed;
  readonly temp: number;
}

/** What the log tells of the next ticks. */
const logsOf = (belt: Belt, count: number): Log[] =>
  belt
    .bodies(count, 2)
    .filter((_, index) => index % 2 === 1)
    .map((body): Log => JSON.parse(body));

const begin = (belt: Belt, kind: string, parameters: JsonObject = {}, id = kind): void =>
  belt.device.beginFault?.({ id, kind, parameters });

/** A belt that runs fast, and what the same belt does without a fault. */
function fastBelt(): Belt {
  const belt = beltOf();
  belt.device.desired({ desiredSpeed: "fast" }, PUSHED);
  return belt;
}

describe("what a scenario may ask for", () => {
  test.each<[string, JsonObject, readonly string[]]>([
    ["brokenWheel", {}, []],
    ["brokenWheel", { amplitude: 3.5 }, []],
    [
      "brokenWheel",
      { amplitude: 0, size: 1 },
      [
        "amplitude: expected a number above 0 and at most 1000 (m/s²), got 0",
        "size: there is no such parameter; there are amplitude",
      ],
    ],
    ["resonance", { riseTime: 20 }, []],
    [
      "resonance",
      { riseTime: "20" },
      ['riseTime: expected a number from 0.001 to 86400 (s), got "20"'],
    ],
    ["jam", {}, []],
    ["jam", { for: 3 }, ["for: there is no such parameter; there are none"]],
    ["sensorStuck", { sensor: "temp" }, []],
    [
      "sensorBias",
      { sensor: "humidity", by: 1 },
      ['sensor: expected one of vibration, temp, got "humidity"'],
    ],
  ])("%s %j", (kind, parameters, problems) => {
    expect(model.faults?.[kind]?.check(parameters)).toEqual(problems);
  });
});

describe("a broken wheel", () => {
  test("shakes a moving belt with its amplitude, whatever chance says, until it ends", () => {
    const belt = fastBelt();
    begin(belt, "brokenWheel", { amplitude: 500 });
    const peak = Math.max(...logsOf(belt, 1_000).map(({ vibration }) => Math.abs(vibration)));
    expect(peak).toBeGreaterThan(480);
    expect(belt.events.filter(({ name }) => name.startsWith("forced"))).toEqual([
      expect.objectContaining({ name: "forcedVibrationStarted", data: { severity: 500 } }),
    ]);
    belt.device.endFault?.("brokenWheel");
    const after = logsOf(belt, 1_000).map(({ vibration }) => Math.abs(vibration));
    expect(Math.max(...after)).toBeLessThan(30);
    expect(belt.events.some(({ name }) => name === "forcedVibrationStopped")).toBe(true);
  });

  test("takes the place of a vibration that is on, and returns after a stop of the belt", () => {
    const belt = fastBelt();
    logsOf(belt, 100);
    begin(belt, "brokenWheel", { amplitude: 500 });
    belt.device.desired({ desiredSpeed: "stopped" }, PUSHED);
    expect(logsOf(belt, 5).every(({ vibration }) => vibration === 0)).toBe(true);
    belt.device.desired({ desiredSpeed: "slow" }, PUSHED);
    expect(logsOf(belt, 2)[1]?.vibration).toBeGreaterThan(400);
  });

  test("that does not say its amplitude has one from 1 to 7", () => {
    const severities = Array.from({ length: 40 }, (_, seed) => {
      const belt = beltOf({}, { seed });
      belt.device.desired({ desiredSpeed: "fast" }, PUSHED);
      begin(belt, "brokenWheel");
      belt.run(1);
      return Number(belt.events[0]?.data?.["severity"]);
    });
    expect(Math.min(...severities)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...severities)).toBeLessThan(7);
    expect(new Set(severities).size).toBe(40);
  });
});

test("a resonance grows by 1 m/s² in its rise time", () => {
  const belt = fastBelt();
  begin(belt, "resonance", { riseTime: 0.1 });
  const peaks = logsOf(belt, 100).map(({ vibration }) => Math.abs(vibration));
  expect(Math.max(...peaks)).toBeGreaterThan(1_800);
  expect(Math.max(...peaks)).toBeLessThan(2_020);
});

describe("a jam", () => {
  test.each(["module", "learn-csharp", "learn-js", "az220"])(
    "%s: stops the belt for its time, with the alert after 5 s, and it starts slowly",
    (dialect) => {
      const belt = beltOf({ dialect, encoding: "numbers" });
      belt.run(200);
      begin(belt, "jam");
      const messages = belt.run(4, 2);
      const logs = messages.filter((_, index) => index % 2 === 1);
      expect(logs.every(({ body }) => body.includes('"speed":"stopped"'))).toBe(true);
      expect(logs.at(-1)?.properties["beltAlert"]).toBe("true");
      belt.device.endFault?.("jam");
      expect(logsOf(belt, 1)[0]?.speed).toBe("slow");
    },
  );

  test("is stronger than a desired speed, to which the belt returns", () => {
    const belt = fastBelt();
    begin(belt, "jam");
    expect(logsOf(belt, 20).every(({ speed }) => speed === "stopped")).toBe(true);
    belt.device.endFault?.("jam");
    expect(logsOf(belt, 1)[0]?.speed).toBe("fast");
  });

  test("lasts until the last of several ends, and ClearFaults ends all", () => {
    const belt = fastBelt();
    begin(belt, "jam", {}, "first");
    begin(belt, "jam", {}, "second");
    belt.device.endFault?.("first");
    expect(logsOf(belt, 1)[0]?.speed).toBe("stopped");
    belt.device.methods["ClearFaults"]?.(null);
    expect(logsOf(belt, 1)[0]?.speed).toBe("fast");
    expect(() => belt.device.endFault?.("second")).not.toThrow();
  });
});

describe("faults of the sensors", () => {
  test("change readings and not the belt", () => {
    const belt = beltOf();
    const twin = beltOf();
    begin(belt, "sensorBias", { sensor: "vibration", by: 100 });
    begin(belt, "sensorStuck", { sensor: "temp" });
    const shown = logsOf(belt, 50);
    const healthy = logsOf(twin, 50);
    for (const [index, { vibration, packages, speed, temp }] of shown.entries()) {
      expect(vibration).toBeCloseTo((healthy[index]?.vibration ?? 0) + 100, 6);
      expect(temp).toBe(healthy[0]?.temp);
      expect([packages, speed]).toEqual([healthy[index]?.packages, healthy[index]?.speed]);
    }
    belt.device.endFault?.("sensorBias");
    belt.device.endFault?.("sensorStuck");
    expect(logsOf(belt, 20)).toEqual(logsOf(twin, 20));
  });

  test("silence both messages of a step", () => {
    const belt = beltOf();
    begin(belt, "sensorDropout");
    expect(belt.run(5)).toEqual([]);
    belt.device.endFault?.("sensorDropout");
    expect(belt.run(1)).toHaveLength(2);
  });
});

describe("packages", () => {
  type Deed =
    | { readonly begin: string }
    | { readonly end: string }
    | { readonly speed: string | null }
    | { readonly ticks: number };
  const deed: fc.Arbitrary<Deed> = fc.oneof(
    fc.record({ begin: fc.constantFrom("jam", "brokenWheel", "resonance") }),
    fc.record({ end: fc.constantFrom("jam", "brokenWheel", "resonance") }),
    fc.record({ speed: fc.constantFrom("stopped", "slow", "fast", null) }),
    fc.record({ ticks: fc.integer({ min: 1, max: 20 }) }),
  );

  const bodiesAfter = (belt: Belt, each: Deed): readonly string[] => {
    if ("ticks" in each) return belt.bodies(each.ticks);
    if ("begin" in each) begin(belt, each.begin);
    else if ("end" in each) belt.device.endFault?.(each.end);
    else belt.device.desired({ desiredSpeed: each.speed }, PUSHED);
    return [];
  };

  test.each(DIALECTS)(
    "%s: are those of the speed at every tick, whatever is asked or breaks",
    (dialect) => {
      const perTick = dialect === "draft" ? [0, 3, 6] : [0, 2, 4];
      fc.assert(
        fc.property(fc.array(deed, { maxLength: 20 }), (deeds) => {
          const belt = beltOf({ dialect });
          const logs = deeds
            .flatMap((each) => bodiesAfter(belt, each))
            .filter((body) => body.includes("packages"))
            .map((body): Log => JSON.parse(body));
          const gains = logs.map(
            ({ packages }, index) => packages - (logs[index - 1]?.packages ?? 0),
          );
          const expected = logs.map(({ speed }) => perTick[SPEEDS.indexOf(speed)]);
          expect(gains).toEqual(expected);
        }),
        { numRuns: 30 },
      );
    },
  );
});
