import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { model } from "../../../../devices/cheese-cave/index.ts";
import type { Json, JsonObject } from "../../../../src/model/model.ts";
import type { DeviceUnderTest } from "../../../support/model-device.ts";
import { bodiesOf, call, caveIn, caveOf, DIALECTS, INITIAL, PUSHED } from "./caves.ts";

const scaled = (scale: number): string | undefined =>
  caveOf().step({ dtS: 5 * scale, atMs: 0, scale })[0]?.body;

interface Happening {
  readonly patch?: JsonObject;
  readonly payload?: Json;
  readonly ticks?: number;
}

/** All that a cave sends, answers and asks for while `happenings` come over it. */
function live(cave: DeviceUnderTest, happenings: readonly Happening[]): unknown[] {
  return happenings.map(({ patch, payload, ticks = 1 }) => [
    patch && cave.device.desired(patch, PUSHED),
    payload === undefined ? undefined : call(cave, "SetFanState", payload),
    cave.run(ticks),
    cave.device.intervalS,
  ]);
}

describe("messages", () => {
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

  test.each([
    ["module", '{"temperature":70,"humidity":99}'],
    ["learn-js", '{"temperature":"70.00","humidity":"99.00"}'],
    ["learn-csharp", '{"temperature":70.0,"humidity":99.0}'],
    ["dps", '{"temperature":70.0,"humidity":99.0}'],
    ["az220", '{"temperature":70.0,"humidity":99.0}'],
    ["wine-cellar", '{"temperature":"12.83","humidity":"65.00"}'],
  ] as const)("in the dialect %s look like %s and have no content type", (dialect, body) => {
    const [message] = caveIn(dialect, { draw: () => 0.5 }).run(1);
    expect(message?.body).toBe(body);
    expect(message).not.toHaveProperty("contentType");
    expect(message).not.toHaveProperty("contentEncoding");
  });

  test.each([
    ["module", "strings", '{"temperature":"70.00","humidity":"99.00"}'],
    ["module", "numbers", '{"temperature":70,"humidity":99}'],
    ["az220", "strings", '{"temperature":"70.00","humidity":"99.00"}'],
    ["az220", "numbers", '{"temperature":70.0,"humidity":99.0}'],
    ["learn-js", "strings", '{"temperature":"70.00","humidity":"99.00"}'],
    ["learn-js", "numbers", '{"temperature":70,"humidity":99}'],
  ] as const)("of %s with the encoding %s look like %s", (dialect, encoding, body) => {
    const cave = caveIn(dialect, { draw: () => 0.5, settings: { encoding } });
    expect(cave.bodies(1)).toEqual([body]);
  });

  test("have the content type and the sensorID that are set", () => {
    const settings = { contentType: "json", sensorID: "S7" };
    expect(caveIn("learn-js", { settings }).run(1)[0]).toMatchObject({
      contentType: "application/json",
      contentEncoding: "utf-8",
      properties: { sensorID: "S7" },
    });
  });
});

test("what goes by ticks makes as many as the time scale says, at least one", () => {
  const [hundred] = bodiesOf(caveOf(), 100).slice(-1);
  expect(scaled(100)).toBe(hundred);
  expect(scaled(99.6)).toBe(hundred);
  expect([scaled(0.01)]).toEqual(bodiesOf(caveOf(), 1));
});

describe.each(DIALECTS)("a cave that speaks %s", (dialect) => {
  const deviceId = "cave-7";

  test("sends the same messages in any fleet, and others than its neighbours", () => {
    const alone = caveIn(dialect, { deviceId }).bodies(50);
    const others = ["cave-6", "cave-8"].map((id) => caveIn(dialect, { deviceId: id }));
    const cave = caveIn(dialect, { deviceId });
    const among = Array.from({ length: 50 }, () => {
      for (const other of others) other.bodies(1);
      return cave.bodies(1);
    }).flat();
    expect(among).toEqual(alone);
    expect(caveIn(dialect, { deviceId, seed: 2 }).bodies(50)).not.toEqual(alone);
    expect(caveIn(dialect, { deviceId: "cave-6" }).bodies(50)).not.toEqual(alone);
  });

  test("restored in the middle goes on with the same messages, answers and events", () => {
    const patch = fc.record(
      {
        temperature: fc.oneof(
          fc.double({ min: 40, max: 80, noNaN: true }),
          fc.constantFrom("50", "warm", "Infinity", null),
        ),
        humidity: fc.constantFrom("85", 70, "1e999", null),
        fanstate: fc.constantFrom("on", "off"),
        telemetryInterval: fc.constantFrom(2, "3", null),
        patchId: fc.string(),
      },
      { requiredKeys: [] },
    );
    const payload = fc.constantFrom("on", "On", "failed", "Failed", "7");
    const happening = fc.oneof(
      fc.record({ patch }),
      fc.record({ payload }),
      fc.record({ ticks: fc.nat({ max: 60 }) }),
    );
    const happenings = fc.array(happening, { maxLength: 6 });
    fc.assert(
      fc.property(happenings, happenings, (before, after) => {
        const cave = caveIn(dialect, { deviceId });
        live(cave, before);
        const restored = caveIn(dialect, { deviceId: "another", seed: 99 });
        restored.device.restore(JSON.parse(JSON.stringify(cave.device.snapshot())));
        expect(restored.device.snapshot()).toEqual(cave.device.snapshot());
        const told = cave.events.length;
        const reported = cave.reports.length;
        expect(live(restored, after)).toEqual(live(cave, after));
        expect(restored.events).toEqual(cave.events.slice(told));
        expect(restored.reports).toEqual(cave.reports.slice(reported));
        expect(restored.bodies(20)).toEqual(cave.bodies(20));
      }),
      { numRuns: 40 },
    );
  });

  test("refuses what it did not save", () => {
    const snapshot = caveIn(dialect).device.snapshot();
    const states = [null, 5, [], {}, { cave: {}, signal: {}, dialect: {} }];
    for (const state of states)
      expect(() => caveIn(dialect).device.restore(state)).toThrow(TypeError);
    expect(() => caveIn(dialect).device.restore(snapshot)).not.toThrow();
  });
});

test("bodies do not depend on the interval, nor on patches that change nothing", () => {
  const cave = caveOf();
  const bodies = Array.from({ length: 20 }, (_, index) => {
    cave.desired({}, PUSHED);
    return cave.step({ dtS: index + 1, atMs: index * index }).map(({ body }) => body);
  }).flat();
  expect(bodies).toEqual(bodiesOf(caveOf(), 20));
});

describe("settings", () => {
  test("the defaults are good, and so is every dialect", () => {
    expect(model.checkSettings(model.defaults)).toEqual([]);
    expect(model.checkSettings({})).toEqual([]);
    for (const dialect of DIALECTS) expect(model.checkSettings({ dialect })).toEqual([]);
  });

  test("every other value or key is told", () => {
    const bad = { dialect: 7, encoding: "csv", contentType: "text", sensorID: "" };
    expect(model.checkSettings({ ...bad, dialects: "dps" })).toEqual([
      expect.stringMatching(/^dialect: expected one of module, learn-js, .*, got 7$/),
      'encoding: expected one of numbers, strings, got "csv"',
      'contentType: expected one of none, json, got "text"',
      'sensorID: expected a text of 1 to 256 characters, got ""',
      "dialects: there is no such setting; did you mean dialect?",
    ]);
    expect(model.checkSettings({ constructor: "x" })).toHaveLength(1);
  });
});
