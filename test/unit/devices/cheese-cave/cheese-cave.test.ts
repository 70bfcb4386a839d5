import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { model } from "../../../../devices/cheese-cave/index.ts";
import { bodiesOf, caveOf, INITIAL, PUSHED } from "./caves.ts";

describe("messages", () => {
  test("are those of the C# sample", () => {
    const [message] = caveOf().step({ dtS: 5, atMs: 0 });
    expect(message?.body).toMatch(/^\{"temperature":\d+(\.\d{1,2})?,"humidity":\d+(\.\d{1,2})?\}$/);
    expect(message).not.toHaveProperty("contentType");
    expect(message).not.toHaveProperty("contentEncoding");
    expect(message?.properties).toEqual({
      sensorID: "S1",
      fanAlert: "false",
      temperatureAlert: "true",
      humidityAlert: "true",
    });
  });

  test("carry an alert only while it holds, and fanAlert always", () => {
    const cave = caveOf();
    cave.desired({ temperature: 70, humidity: 99 }, INITIAL);
    expect(cave.step({ dtS: 5, atMs: 0 })[0]?.properties).toEqual({
      sensorID: "S1",
      fanAlert: "false",
    });
    cave.methods["SetFanState"]?.("failed");
    expect(cave.step({ dtS: 5, atMs: 0 })[0]?.properties).toEqual({
      sensorID: "S1",
      fanAlert: "true",
    });
  });
});

describe("determinism", () => {
  test("one seed gives one stream of messages, whatever other devices do", () => {
    const alone = bodiesOf(caveOf("cave-7"), 50);
    const others = [caveOf("cave-6"), caveOf("cave-8")];
    const cave = caveOf("cave-7");
    const among = Array.from({ length: 50 }, () => {
      for (const other of others) bodiesOf(other, 1);
      return bodiesOf(cave, 1);
    }).flat();
    expect(among).toEqual(alone);
    expect(bodiesOf(caveOf("cave-7", 2), 50)).not.toEqual(alone);
    expect(bodiesOf(caveOf("cave-6"), 50)).not.toEqual(alone);
  });

  test("bodies do not depend on the interval, nor on patches that change nothing", () => {
    const cave = caveOf();
    const bodies = Array.from({ length: 20 }, (_, index) => {
      cave.desired({}, PUSHED);
      return cave.step({ dtS: index + 1, atMs: index * index }).map(({ body }) => body);
    }).flat();
    expect(bodies).toEqual(bodiesOf(caveOf(), 20));
  });

  test("a device restored in the middle goes on with the same messages", () => {
    const patch = fc.record(
      {
        temperature: fc.oneof(fc.double({ min: 40, max: 80, noNaN: true }), fc.constant(null)),
        humidity: fc.constantFrom("85", 70, null),
        fanstate: fc.constantFrom("on", "off"),
        telemetryInterval: fc.constantFrom(2, "3", null),
        patchId: fc.string(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(patch, { maxLength: 4 }), fc.nat({ max: 150 }), (patches, ticks) => {
        const cave = caveOf();
        for (const each of patches) cave.desired(each, PUSHED);
        bodiesOf(cave, ticks);
        const restored = caveOf("another", 99);
        restored.restore(JSON.parse(JSON.stringify(cave.snapshot())));
        expect(restored.snapshot()).toEqual(cave.snapshot());
        expect(restored.intervalS).toBe(cave.intervalS);
        expect(restored.desired({}, PUSHED)).toEqual(cave.desired({}, PUSHED));
        expect(bodiesOf(restored, 40)).toEqual(bodiesOf(cave, 40));
      }),
      { numRuns: 40 },
    );
  });

  test("what a cave did not save is refused", () => {
    for (const state of [null, 5, [], {}, { cave: {}, signal: {}, dialect: {} }]) {
      expect(() => caveOf().restore(state)).toThrow(TypeError);
    }
  });
});

describe("settings", () => {
  test("the defaults are good, and every other value or key is told", () => {
    expect(model.checkSettings(model.defaults)).toEqual([]);
    expect(model.checkSettings({})).toEqual([]);
    expect(model.checkSettings({ signal: "physical", dialect: 7, color: "red" })).toEqual([
      'signal: expected one of classic, got "physical"',
      "dialect: expected one of module, learn-js, learn-csharp, dps, az220, wine-cellar, got 7",
      "color: there is no such setting; there are signal, dialect, encoding, contentType, sensorID",
    ]);
    expect(model.checkSettings({ constructor: "x" })).toHaveLength(1);
  });
});
