import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { model } from "../../../../devices/conveyor/index.ts";
import { beltOf, DIALECTS, INITIAL, PUSHED } from "./belts.ts";

describe("determinism", () => {
  test.each(DIALECTS)(
    "%s: one seed gives one stream of messages, whatever other belts do",
    (dialect) => {
      const of = (deviceId: string, seed = 1): ReturnType<typeof beltOf> =>
        beltOf({ dialect }, { deviceId, seed });
      const alone = of("belt-7").bodies(80);
      const others = [of("belt-8"), of("belt-6")];
      const belt = of("belt-7");
      const among = Array.from({ length: 80 }, () => {
        for (const other of others) other.bodies(1);
        return belt.bodies(1);
      }).flat();
      expect(among).toEqual(alone);
      expect(of("belt-7", 2).bodies(80)).not.toEqual(alone);
      expect(of("belt-6").bodies(80)).not.toEqual(alone);
    },
  );

  test("bodies do not depend on the interval, nor on patches that change nothing", () => {
    const belt = beltOf();
    const bodies = Array.from({ length: 60 }, (_, index) => {
      belt.device.desired({}, PUSHED);
      return belt.bodies(1, index + 1);
    }).flat();
    expect(bodies).toEqual(beltOf().bodies(60));
  });

  test("a time scale of 60 makes 60 ticks a step, and below 1 there is still one", () => {
    const fine = beltOf().bodies(180);
    const scaled = beltOf();
    const coarse = Array.from({ length: 3 }, (_, index) =>
      scaled.device.step({ dtS: 120, atMs: index, scale: 60 }).map(({ body }) => body),
    ).flat();
    expect(coarse).toEqual([59, 119, 179].flatMap((tick) => fine.slice(2 * tick, 2 * tick + 2)));
    const slow = beltOf();
    const first = slow.device.step({ dtS: 0.02, atMs: 0, scale: 0.01 }).map(({ body }) => body);
    expect(first).toEqual(fine.slice(0, 2));
  });

  test.each(DIALECTS)(
    "%s: a belt restored in the middle goes on with the same messages",
    (dialect) => {
      const patch = fc.record(
        {
          desiredSpeed: fc.constantFrom("fast", "slow", "stopped", null),
          telemetryInterval: fc.constantFrom(2, "3", null),
          telemetryDelay: fc.constantFrom(1, null),
          stopAlertAfter: fc.constantFrom(3, null),
        },
        { requiredKeys: [] },
      );
      const fault = fc.record({
        id: fc.constantFrom("a", "b"),
        kind: fc.constantFrom("jam", "brokenWheel", "resonance", "sensorDropout", "sensorStuck"),
        parameters: fc.constant({}),
      });
      fc.assert(
        fc.property(
          fc.array(patch, { maxLength: 2 }),
          fc.array(fault, { maxLength: 2 }),
          fc.nat({ max: 150 }),
          (patches, faults, ticks) => {
            const belt = beltOf({ dialect });
            for (const each of patches) belt.device.desired(each, PUSHED);
            belt.bodies(ticks);
            for (const each of faults) belt.device.beginFault?.(each);
            belt.bodies(5);
            const restored = beltOf({ dialect }, { deviceId: "another", seed: 99 });
            restored.device.restore(JSON.parse(JSON.stringify(belt.device.snapshot())));
            expect(restored.device.snapshot()).toEqual(belt.device.snapshot());
            expect(restored.device.intervalS).toBe(belt.device.intervalS);
            expect(restored.device.desired({}, INITIAL)).toEqual(belt.device.desired({}, INITIAL));
            expect(restored.bodies(20)).toEqual(belt.bodies(20));
            for (const each of [belt, restored]) each.device.endFault?.("a");
            expect(restored.bodies(20)).toEqual(belt.bodies(20));
          },
        ),
        { numRuns: 20 },
      );
    },
  );

  test("the fault that one belt has does not change what chance gives it later", () => {
    const belt = beltOf();
    belt.device.beginFault?.({ id: "f", kind: "sensorSpike", parameters: { size: 5 } });
    belt.bodies(50);
    belt.device.endFault?.("f");
    const healthy = beltOf();
    healthy.bodies(50);
    expect(belt.bodies(50)).toEqual(healthy.bodies(50));
  });

  test("what a belt did not save is refused", () => {
    const { device } = beltOf();
    for (const state of [null, 5, [], {}, { belt: {}, signal: {}, dialect: {} }]) {
      expect(() => device.restore(state)).toThrow(TypeError);
    }
    const good = JSON.stringify(device.snapshot());
    expect(() => device.restore(JSON.parse(good.replace('"stopped"', '"asleep"')))).toThrow(
      new TypeError("conveyor snapshot: belt.speed: expected one of stopped, slow, fast"),
    );
  });
});

describe("settings", () => {
  test("the defaults are good, and every other value or key is told", () => {
    expect(model.checkSettings({ ...model.defaults })).toEqual([]);
    expect(model.checkSettings({})).toEqual([]);
    expect(
      model.checkSettings({ signal: "square", dialect: 7, encoding: "hex", dialekt: "draft" }),
    ).toEqual([
      expect.stringMatching(/^signal: expected one of classic.*, got "square"$/),
      expect.stringMatching(/^dialect: expected one of module, learn-csharp, .*, got 7$/),
      'encoding: expected one of numbers, strings, got "hex"',
      "dialekt: there is no such setting; did you mean dialect?",
    ]);
    expect(model.checkSettings({ constructor: "x" })).toHaveLength(1);
  });

  test("what the dialect's messages have no place for is told", () => {
    const physical = { signal: "physical", features: true };
    expect(model.checkSettings({ ...physical, dialect: "draft", logSensorID: "VSLog7" })).toEqual([
      "features: the dialect draft has no log to tell them in",
      "logSensorID: the dialect draft has no log",
    ]);
    expect(model.checkSettings({ ...physical, dialect: "pnp", waveform: 16 })).toEqual([
      "waveform: is not in the interface that the dialect pnp speaks",
    ]);
  });
});
