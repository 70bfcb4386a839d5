import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { model } from "../../../../devices/template/index.ts";
import type { Json, JsonObject } from "../../../../src/model/model.ts";
import type { DeviceUnderTest } from "../../../support/model-device.ts";
import { PUSHED } from "../../../support/model-device.ts";
import { bodyOf, templateOf, valuesOf } from "./templates.ts";

/** A field of each kind that carries anything from one message to the next. */
const FIELDS: Readonly<Record<string, Json>> = {
  temperature: {
    approach: { target: { from: "setpoint" }, start: 15, timeConstant: 60, noise: 0.1 },
  },
  humidity: { randomWalk: { start: 60, step: 0.3, min: 55, max: 65 }, decimals: 2 },
  power: { sine: { mean: 100, amplitude: 20, period: 60, phase: "random", noise: 1 } },
  position: { lat: { normal: [39, 0.1] }, lon: { uniform: [-99, -98] } },
  day: { replay: { file: "day.csv", column: "v", every: 7, offset: "random" } },
  state: { list: ["a", "b", "c"], pick: "random" },
  turn: { list: [1, 2, 3] },
  door: { boolean: { chance: 0.3 } },
  n: { counter: { start: 1, max: 9 } },
  at: { timestamp: { start: "2026-01-01T00:00:00Z" } },
  mode: { from: "mode" },
  site: { once: { list: ["north", "south", "east"], pick: "random" } },
};
const SETTINGS = {
  fields: FIELDS,
  properties: { hot: { when: "temperature > setpoint" } },
  twin: { desired: { setpoint: 21, mode: "eco" }, interval: "telemetryDelay", echo: "ack" },
  methods: { set: { set: { setpoint: "{payload}" } } },
};
const files = { "day.csv": "v\n1\n2\n5\n3\n" };
const device = (deviceId = "device-1", seed = 1): DeviceUnderTest =>
  templateOf(SETTINGS, { deviceId, seed, files });

test("the first three bodies of a device with everything are these", () => {
  expect(device().bodies(3)).toEqual([
    '{"temperature":14.84661715782596,"humidity":60,"power":102.12106334016543,"position":{"lat":39.00486131840518,"lon":-98.3872054903768},"day":5,"state":"c","turn":1,"door":false,"n":1,"at":"2026-01-01T00:00:00.000Z","mode":"eco","site":"north"}',
    '{"temperature":15.446387192526265,"humidity":60.17,"power":91.85054236670966,"position":{"lat":38.942251513418014,"lon":-98.36241651303135},"day":5,"state":"c","turn":2,"door":false,"n":2,"at":"2026-01-01T00:00:05.000Z","mode":"eco","site":"north"}',
    '{"temperature":15.948726842204834,"humidity":60.3,"power":86.40215130375238,"position":{"lat":39.075747868438874,"lon":-98.45647240267135},"day":3,"state":"a","turn":3,"door":true,"n":3,"at":"2026-01-01T00:00:10.000Z","mode":"eco","site":"north"}',
  ]);
});

test("one seed gives one stream of messages, whatever other devices do", () => {
  const alone = device("device-7").bodies(30);
  const [other, among] = [device("device-6"), device("device-7")];
  const bodies = Array.from({ length: 30 }, () => {
    other.bodies(1);
    return among.bodies(1);
  }).flat();
  expect(bodies).toEqual(alone);
  expect(device("device-6").bodies(30)).not.toEqual(alone);
  expect(device("device-7", 2).bodies(30)).not.toEqual(alone);
});

test("a field more, or another order of fields, shifts no other field", () => {
  const names = Object.keys(FIELDS);
  const whole = device().bodies(10).map(bodyOf);
  for (const name of names) {
    const field = { [name]: FIELDS[name] ?? null };
    const only = templateOf({ ...SETTINGS, properties: {}, fields: field }, { files });
    expect(only.bodies(10).map(bodyOf)).toEqual(whole.map((body) => ({ [name]: body[name] })));
  }
  const reversed = Object.fromEntries(Object.entries(FIELDS).toReversed());
  const other = templateOf({ ...SETTINGS, fields: reversed }, { files });
  expect(other.bodies(10).map(bodyOf)).toEqual(whole);
});

test("a device restored in the middle goes on with the same messages", () => {
  const patch: fc.Arbitrary<JsonObject> = fc.record(
    {
      setpoint: fc.constantFrom(18, "23.5", null, "x"),
      mode: fc.constantFrom("comfort", null),
      telemetryDelay: fc.constantFrom(2, "3", null),
    },
    { requiredKeys: [] },
  );
  const fault = fc.constantFrom(
    { id: "a", kind: "sensorStuck", parameters: { sensor: "humidity" } },
    { id: "b", kind: "sensorDrift", parameters: { sensor: "position.lat", perDay: 9 } },
    { id: "c", kind: "sensorSpike", parameters: { sensor: "power", size: 50, probability: 0.5 } },
    { id: "d", kind: "sensorDropout", parameters: { probability: 0.5 } },
  );
  fc.assert(
    fc.property(
      fc.array(patch, { maxLength: 3 }),
      fc.uniqueArray(fault),
      fc.nat(40),
      (patches, faults, count) => {
        const before = device();
        for (const each of patches) before.device.desired(each, PUSHED);
        for (const each of faults) before.device.beginFault?.(each);
        before.device.methods["set"]?.(count);
        before.run(count);
        const restored = device("another", 99);
        restored.device.restore(JSON.parse(JSON.stringify(before.device.snapshot())));
        expect(restored.device.snapshot()).toEqual(before.device.snapshot());
        expect(restored.device.intervalS).toBe(before.device.intervalS);
        expect(restored.device.desired({ setpoint: "?" }, PUSHED)).toEqual(
          before.device.desired({ setpoint: "?" }, PUSHED),
        );
        expect(restored.bodies(20)).toEqual(before.bodies(20));
      },
    ),
    { numRuns: 40 },
  );
});

test("what a template did not save is refused by name", () => {
  for (const state of [null, 5, [], {}, { index: 1, elapsedS: 0, twin: {} }]) {
    expect(() => device().device.restore(state)).toThrow(/^template snapshot: |random state/);
  }
});

describe("faults of sensors", () => {
  test("act on numbers, at any depth, before they are rounded, and are over when they end", () => {
    const { device: tested, bodies } = templateOf({
      fields: {
        t: { constant: 20.26, decimals: 1 },
        at: { lat: { constant: 5 } },
        name: { constant: "x" },
      },
    });
    tested.beginFault?.({ id: "1", kind: "sensorBias", parameters: { sensor: "t", by: 0.5 } });
    tested.beginFault?.({ id: "2", kind: "sensorBias", parameters: { sensor: "at.lat", by: -1 } });
    expect(bodies(1)).toEqual(['{"t":20.8,"at":{"lat":4},"name":"x"}']);
    tested.endFault?.("1");
    expect(bodies(1)).toEqual(['{"t":20.3,"at":{"lat":4},"name":"x"}']);
  });

  test("are checked without the settings, so a field that is not there is told when the fault begins", () => {
    const stuck = model.faults?.["sensorStuck"];
    expect(stuck?.check({ sensor: "anything" })).toEqual([]);
    expect(stuck?.check({ senso: "t" })).toEqual([
      "senso: there is no such parameter; did you mean sensor?",
    ]);
    const { device: tested, events } = templateOf({ fields: { t: { constant: 1 } } });
    tested.beginFault?.({ id: "1", kind: "sensorStuck", parameters: { sensor: "temp" } });
    expect(events).toMatchObject([{ name: "faultWithoutField", level: "warning" }]);
  });

  test("leave what is measured as it is: a walk goes on where it would be without them", () => {
    const [disturbed, quiet] = [device(), device()];
    disturbed.device.beginFault?.({ id: "1", kind: "sensorDropout", parameters: {} });
    expect(disturbed.bodies(5)).toEqual([]);
    disturbed.device.endFault?.("1");
    expect(disturbed.bodies(5)).toEqual(quiet.bodies(10).slice(5));
  });
});

test("values do not hang on how often settings are read", () => {
  const field = { uniform: [0, 1] };
  expect(valuesOf(field, 5)).toEqual(valuesOf(field, 5));
});
