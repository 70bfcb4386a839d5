import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../../../../src/model/model.ts";
import type { DeviceUnderTest, DeviceUnderTestOptions } from "../../../../support/model-device.ts";
import { call, caveIn, INITIAL, PUSHED, told } from "../caves.ts";

const SIGNALS = ["classic", "physical"] as const;
const cave = (options: DeviceUnderTestOptions = {}): DeviceUnderTest => caveIn("pnp", options);
const desired = (
  { device }: DeviceUnderTest,
  patch: JsonObject,
  version = 2,
): JsonObject | undefined => device.desired(patch, { version, initial: false });
/** Never lets a fan break by itself. */
const lucky = (options: DeviceUnderTestOptions = {}): DeviceUnderTest =>
  cave({ draw: () => 0.5, ...options });

describe.each(SIGNALS)("with the %s signal", (signal) => {
  const settings = { signal };

  test("a new device tells what it is, and its own setpoints with 203 and version 0", () => {
    expect(cave({ settings }).device.desired({}, INITIAL)).toEqual({
      fanState: "off",
      temperatureLimit: 5,
      humidityLimit: 10,
      firmwareVersion: "1.2.3",
      desiredTemperature: { value: 60, ac: 203, av: 0, ad: "default" },
      desiredHumidity: { value: 79, ac: 203, av: 0, ad: "default" },
    });
  });

  test("a setpoint is approached with 202 and reached with 200, once each", () => {
    const device = lucky({ settings });
    call(device, "SetFanState", "on");
    expect(desired(device, { desiredTemperature: 50, desiredHumidity: 85 }, 7)).toEqual({
      desiredTemperature: { value: 50, ac: 202, av: 7, ad: "approaching" },
      desiredHumidity: { value: 85, ac: 202, av: 7, ad: "approaching" },
    });
    const bodies = device.bodies(300);
    expect(device.reports).toHaveLength(2);
    expect(Object.assign({}, ...device.reports)).toEqual({
      desiredTemperature: { value: 50, ac: 200, av: 7, ad: "reached" },
      desiredHumidity: { value: 85, ac: 200, av: 7, ad: "reached" },
    });
    expect(JSON.parse(bodies.at(-1) ?? "")).toMatchObject({ temperature: expect.any(Number) });
  });

  test("a setpoint inside whose band the reading is, is reached at once", () => {
    expect(desired(cave({ settings }), { desiredTemperature: 66, desiredHumidity: 95 })).toEqual({
      desiredTemperature: { value: 66, ac: 200, av: 2, ad: "reached" },
      desiredHumidity: { value: 95, ac: 200, av: 2, ad: "reached" },
    });
  });

  test("messages are JSON and say so", () => {
    const [message] = cave({ settings }).run(1);
    expect(message).toMatchObject({
      contentType: "application/json",
      contentEncoding: "utf-8",
      properties: { sensorID: "S1", fanAlert: "false" },
    });
  });
});

describe("a wish that cannot be met", () => {
  test.each([
    ["desiredTemperature", 19.9, 60, "expected 20 to 100 °F"],
    ["desiredTemperature", 100.1, 60, "expected 20 to 100 °F"],
    ["desiredTemperature", "cold", 60, "expected 20 to 100 °F"],
    ["desiredHumidity", -1, 79, "expected 0 to 100 %"],
    ["desiredHumidity", 101, 79, "expected 0 to 100 %"],
    ["desiredHumidity", { value: 85 }, 79, "expected 0 to 100 %"],
  ] as readonly [string, Json, number, string][])(
    "%s %j is refused with 400 and the value in use",
    (name, wish, value, ad) => {
      const device = cave();
      expect(desired(device, { [name]: wish }, 9)).toEqual({
        [name]: { value, ac: 400, av: 9, ad },
      });
      expect(told(device)).toEqual([
        `desiredRefused: Illegal ${name} received: ${JSON.stringify(wish)}`,
      ]);
    },
  );

  test.each([20, 100, "55.5"])("unlike %j, which is inside the range", (wish) => {
    expect(desired(cave(), { desiredTemperature: wish })).toMatchObject({
      desiredTemperature: { value: Number(wish), ac: 202 },
    });
  });
});

describe("the fan", () => {
  test("that has failed, or is off, is named in the 202", () => {
    const device = cave();
    const wish = { desiredTemperature: 50 };
    expect(desired(device, wish, 3)).toMatchObject({
      desiredTemperature: { ac: 202, av: 3, ad: "fan off" },
    });
    device.device.beginFault?.({ id: "1", kind: "fanFailure", parameters: {} });
    expect(desired(device, wish, 4)).toMatchObject({
      desiredTemperature: { ac: 202, av: 4, ad: "fan failed" },
    });
  });

  test("is told when it breaks, when it is well again and when it is set", () => {
    const device = cave({ draw: () => 0.001 });
    expect(call(device, "SetFanState", { state: "ON" })?.reported).toEqual({ fanState: "on" });
    device.run(1);
    expect(device.reports).toContainEqual({ fanState: "failed" });
    expect(call(device, "SetFanState", "on")).toEqual({
      status: 400,
      payload: { result: "Fan failed" },
    });
    expect(call(device, "RepairFan")).toEqual({
      status: 200,
      payload: { result: "Fan repaired" },
      reported: { fanState: "off" },
    });
  });
});

describe("telemetryInterval", () => {
  const ofScenario = { value: 5, ac: 203, av: 0, ad: "default" };

  test("is acknowledged at once, and is used", () => {
    const device = cave();
    expect(desired(device, { telemetryInterval: 2 }, 4)).toEqual({
      telemetryInterval: { value: 2, ac: 200, av: 4, ad: "reached" },
    });
    expect(device.device.intervalS).toBe(2);
  });

  test("of the scenario is told with 203 once it is known, and again when the wish is gone", () => {
    const device = lucky();
    expect(device.device.desired({}, INITIAL)).not.toHaveProperty("telemetryInterval");
    device.device.step({ dtS: 300, atMs: 0, scale: 60 });
    expect(device.reports).toEqual([{ telemetryInterval: ofScenario }]);
    desired(device, { telemetryInterval: 2 });
    expect(desired(device, { telemetryInterval: null })).toEqual({ telemetryInterval: ofScenario });
    expect(device.device.intervalS).toBeUndefined();
  });

  test("of the scenario is told as it was written, whatever the time scale", () => {
    const device = lucky();
    device.device.desired({}, INITIAL);
    device.device.step({ dtS: 0.1 * 3, atMs: 0, scale: 3 });
    expect(device.reports).toMatchObject([{ telemetryInterval: { value: 0.1 } }]);
  });

  test.each([0, -1, 86_401, "soon"])("%j is refused with 400 and the interval in use", (wish) => {
    const device = lucky();
    expect(desired(device, { telemetryInterval: wish }, 3)).toBeUndefined();
    device.run(1);
    const ad = "expected seconds above 0, at most a day";
    expect(device.reports).toEqual([{ telemetryInterval: { value: 5, ac: 400, av: 3, ad } }]);
    desired(device, { telemetryInterval: 2 });
    expect(desired(device, { telemetryInterval: wish }, 6)).toEqual({
      telemetryInterval: { value: 2, ac: 400, av: 6, ad },
    });
  });
});

describe("after a connect", () => {
  test("what changed offline is acknowledged, and nothing twice", () => {
    const device = lucky();
    const section = { desiredTemperature: 66, desiredHumidity: 95, telemetryInterval: 2 };
    device.device.desired(section, INITIAL);
    const again = device.device.desired(
      { ...section, desiredHumidity: 97 },
      { version: 5, initial: true },
    );
    expect(again).toMatchObject({ desiredHumidity: { value: 97, ac: 200, av: 5 } });
    expect(again).not.toHaveProperty("desiredTemperature");
    expect(again).not.toHaveProperty("telemetryInterval");
  });

  test("a twin that is no newer is another one: it is acknowledged in its own version", () => {
    const device = lucky();
    const section = { desiredTemperature: 50, desiredHumidity: 95 };
    device.device.desired(section, { version: 4, initial: true });
    // At its next hub.
    expect(device.device.desired(section, { version: 2, initial: true })).toMatchObject({
      desiredTemperature: { value: 50, ac: 202, av: 2 },
      desiredHumidity: { value: 95, ac: 200, av: 2 },
    });
    // At the same one: a second 202 for a version would tell nothing.
    const again = device.device.desired(section, { version: 2, initial: true });
    expect(again).toMatchObject({ desiredHumidity: { value: 95, ac: 200, av: 2 } });
    expect(again).not.toHaveProperty("desiredTemperature");
  });

  test("what was removed offline has its default again", () => {
    const device = lucky();
    device.device.desired({ desiredTemperature: 66 }, INITIAL);
    expect(device.device.desired({}, { version: 5, initial: true })).toMatchObject({
      desiredTemperature: { value: 60, ac: 203, av: 0 },
    });
  });
});

/** Any wishes, good and bad, of any version. */
const wishes = fc.record(
  {
    desiredTemperature: fc.oneof(fc.integer({ min: 0, max: 120 }), fc.constant(null)),
    desiredHumidity: fc.oneof(fc.integer({ min: -20, max: 120 }), fc.constant(null)),
    telemetryInterval: fc.constantFrom(1, 60, 0, null),
    fanstate: fc.constantFrom("on", "off"),
  },
  { requiredKeys: [] },
);

test("a version is answered with 202 at most once for each property, and with nothing after 200", () => {
  const course = fc.array(fc.tuple(wishes, fc.boolean(), fc.nat({ max: 60 })), { maxLength: 8 });
  fc.assert(
    fc.property(course, fc.constantFrom(...SIGNALS), (steps, signal) => {
      const device = cave({ settings: { signal } });
      const answers: JsonObject[] = [];
      for (const [index, [patch, initial, count]] of steps.entries()) {
        const before = device.reports.length;
        const answer = device.device.desired(patch, { version: index + 1, initial });
        if (answer !== undefined) answers.push(answer);
        device.run(count);
        answers.push(...device.reports.slice(before));
      }
      const codes = new Map<string, number[]>();
      for (const [name, answer] of answers.flatMap((each) => Object.entries(each))) {
        const { ac, av } = Object(answer);
        if (ac === 200 || ac === 202) {
          codes.set(`${name} ${av}`, [...(codes.get(`${name} ${av}`) ?? []), ac]);
        }
      }
      for (const of of codes.values()) expect([[200], [202], [202, 200]]).toContainEqual(of);
    }),
    { numRuns: 60 },
  );
});

test("a device restored in the middle answers and reports as if it had not stopped", () => {
  const course = fc.array(fc.tuple(wishes, fc.boolean()), { maxLength: 8 });
  fc.assert(
    fc.property(
      course,
      fc.nat({ max: 8 }),
      fc.constantFrom(...SIGNALS),
      (steps, middle, signal) => {
        const settings = { signal };
        const whole = cave({ settings });
        let halves = cave({ settings });
        let gone = 0;
        for (const [index, [patch, initial]] of steps.entries()) {
          if (index === middle) {
            const saved = JSON.stringify(halves.device.snapshot());
            gone = halves.reports.length;
            halves = cave({ settings });
            halves.device.restore(JSON.parse(saved));
          }
          const context = { version: index + 1, initial };
          expect(halves.device.desired(patch, context)).toEqual(
            whole.device.desired(patch, context),
          );
          expect(halves.run(20)).toEqual(whole.run(20));
          expect(halves.reports).toEqual(whole.reports.slice(gone));
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("no other dialect announces a model", () => {
  expect(caveIn("module").device.modelId).toBeUndefined();
  expect(caveIn("dps").device.desired({}, PUSHED)).not.toHaveProperty("desiredTemperature");
});
