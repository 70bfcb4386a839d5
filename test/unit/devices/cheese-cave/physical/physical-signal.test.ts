import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../../../src/model/model.ts";
import type { DeviceUnderTest, DeviceUnderTestOptions } from "../../../../support/model-device.ts";
import { caveIn, INITIAL, PUSHED, told } from "../caves.ts";

const QUIET = {
  temperatureNoise: 0,
  humidityNoise: 0,
  temperatureSensorNoise: 0,
  humiditySensorNoise: 0,
  fanLife: 1e15,
};
const START = { fanstate: "on", temperature: 50, humidity: 85 };

interface Reading {
  readonly temperature: number;
  readonly humidity: number;
}

const readingsOf = (cave: DeviceUnderTest, count: number, dtS = 5): readonly Reading[] =>
  cave.bodies(count, dtS).map((body) => JSON.parse(body));
const lastOf = (cave: DeviceUnderTest, count: number, dtS = 5): Reading | undefined =>
  readingsOf(cave, count, dtS).at(-1);
/** A physical cave whose twin asked for `desired`. */
const physical = (
  settings: JsonObject = {},
  {
    desired = START,
    ...options
  }: Omit<DeviceUnderTestOptions, "settings"> & { readonly desired?: JsonObject } = {},
): DeviceUnderTest => {
  const cave = caveIn("module", {
    deviceId: "cave-1",
    ...options,
    settings: { signal: "physical", ...settings },
  });
  cave.device.desired(desired, INITIAL);
  return cave;
};
const stdOf = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};

const breaksAtOnce = (settings: JsonObject, dtS: number, draw: number): boolean => {
  const cave = physical(settings, { draw: () => draw });
  cave.run(1, dtS);
  return told(cave).includes("fanFailed: Fan has failed");
};

describe("a physical cave", () => {
  test("begins at rest, with 70 °F and 99 % in the lab and 12 °C in a real cave", () => {
    expect(lastOf(physical(QUIET, { desired: {} }), 1)).toEqual({
      temperature: 70,
      humidity: 99.02,
    });
    const real = physical({ ...QUIET, preset: "real" });
    expect(real.device.desired({}, PUSHED)).toMatchObject({ currentTemperature: 53.6 });
  });

  test("shows what the fan does to it, and alerts until it is inside the bands", () => {
    const cave = physical(QUIET);
    const alerts = cave.run(120).map(({ properties }) => properties);
    // 148.0 s and 143.5 s.
    expect(alerts.findIndex((each) => each["temperatureAlert"] === undefined)).toBe(29);
    expect(alerts.findIndex((each) => each["humidityAlert"] === undefined)).toBe(28);
    expect(lastOf(cave, 1_000)).toEqual({ temperature: 51, humidity: 87.11 });
  });

  test("goes by time: the same air after the same time, whatever the interval and the time scale", () => {
    const after = [1, 2, 5, 20, 60, 600].map((dtS) => lastOf(physical(QUIET), 600 / dtS, dtS));
    expect(new Set(after.map((reading) => reading?.temperature))).toEqual(new Set([51.03]));
    const whole = after[0]?.humidity ?? Number.NaN;
    for (const reading of after) {
      expect(Math.abs((reading?.humidity ?? 0) - whole)).toBeLessThanOrEqual(0.02);
    }
  });

  test("has days and years of the rock around it, from its own phase", () => {
    const swings = { ...QUIET, dailySwing: 5, phase: 0.25, rockTime: 60 };
    const cave = physical(swings, { desired: {} });
    const day = readingsOf(cave, 24, 3_600).map(({ temperature }) => temperature);
    expect(day[0]).toBeCloseTo(70 + 5 * Math.cos(Math.PI / 12), 1);
    expect(day[11]).toBeCloseTo(65, 1);
    expect(day[23]).toBeCloseTo(75, 1);
    const summer = physical({ ...QUIET, seasonalSwing: 5, seasonPhase: 0.25 }, { desired: {} });
    expect(lastOf(summer, 1)?.temperature).toBe(75);
  });

  test("has noise of its own strength around what the air has, at any interval", () => {
    for (const dtS of [5, 60]) {
      const cave = physical({ fanLife: 1e15 }, { desired: {} });
      const readings = readingsOf(cave, 6_000, dtS).map(({ temperature }) => temperature);
      // 0.15 °F of the process and 0.05 °F of the sensor.
      expect(Math.abs(stdOf(readings) - Math.hypot(0.15, 0.05))).toBeLessThan(0.015);
    }
  });

  test("never shows more than 100 %", () => {
    const readings = readingsOf(physical({ humidityNoise: 20 }), 500);
    expect(Math.max(...readings.map(({ humidity }) => humidity))).toBe(100);
    expect(Math.min(...readings.map(({ humidity }) => humidity))).toBeGreaterThanOrEqual(0);
  });

  test("speaks °C where its dialect does", () => {
    const cellar = caveIn("wine-cellar", { settings: { signal: "physical", ...QUIET } });
    expect(cellar.bodies(1)).toEqual(['{"temperature":"23.00","humidity":"99.03"}']);
  });

  test.each(["off", "on"])(
    "with the fan %s has air where a sample's twin has no setpoint",
    (fan) => {
      const settings = { signal: "physical", ...QUIET, encoding: "numbers" };
      const cave = caveIn("learn-js", { settings });
      cave.device.desired({ humidity: "85" }, INITIAL);
      cave.device.methods["SetFanState"]?.(fan);
      const [message] = cave.run(1, 3_600);
      expect(JSON.parse(message?.body ?? "").temperature).toBe(70);
      expect(message?.properties).not.toHaveProperty("temperatureAlert");
      cave.device.desired({ temperature: "50", humidity: "85" }, PUSHED);
      expect(lastOf(cave, 1, 3_600)?.temperature).toBe(fan === "on" ? 51 : 70);
    },
  );

  test("follows setpoints that no conditioner reaches as far as -40 and 60 °C", () => {
    const cave = physical(QUIET, { desired: { ...START, temperature: -2_000, humidity: 900 } });
    const settled = lastOf(cave, 5_000);
    expect(settled?.temperature).toBeCloseTo(-40 + (70 + 40) / 20, 2);
    expect(settled?.humidity).toBeLessThanOrEqual(100);
  });
});

describe("the fan", () => {
  // A life is geometric: its mean is the length of a step through the chance to break in it.
  test.each([
    ["500 s in steps of 5 s, as in the samples", 5, {}, 500],
    ["500 s in the limit of short steps", 1e-4, { fanLife: 500 }, 500],
    ["dt / (1 - exp(-dt / 500 s)) = 502.5 s in steps of 5 s", 5, { fanLife: 500 }, 502.5],
    ["dt / (1 - exp(-dt / 500 s)) = 858.6 s in steps of 600 s", 600, { fanLife: 500 }, 858.6],
    ["2 years in a real cave", 3_600, { preset: "real" }, 2 * 365.25 * 86_400],
  ])("lives on average %s", (_what, dtS, settings, expectedS) => {
    const chance = dtS / expectedS;
    expect(breaksAtOnce(settings, dtS, chance * 0.9998)).toBe(true);
    expect(breaksAtOnce(settings, dtS, chance * 1.0002)).toBe(false);
  });

  test("lives 531 s on average in 500 caves with steps of 60 s", () => {
    const lives = Array.from({ length: 500 }, (_, index) => {
      const cave = physical({ fanLife: 500 }, { deviceId: `cave-${index}` });
      let steps = 0;
      do {
        cave.run(1, 60);
        steps += 1;
      } while (cave.reports.length === 0);
      return steps * 60;
    });
    const meanS = lives.reduce((sum, lifeS) => sum + lifeS, 0) / lives.length;
    // Within 4 sigma: a life varies by as much as it is long.
    expect(Math.abs(meanS / 530.6 - 1)).toBeLessThan(0.179);
  });

  test("breaks only while it runs; then the cave returns to its rest, until it is repaired", () => {
    const cave = physical({ ...QUIET, fanLife: 1 }, { desired: { ...START, fanstate: "off" } });
    cave.run(100);
    expect(told(cave)).not.toContain("fanFailed: Fan has failed");
    cave.device.desired({ fanstate: "on" }, PUSHED);
    expect(cave.run(50).at(-1)?.properties["fanAlert"]).toBe("true");
    expect(told(cave)).toContain("fanFailed: Fan has failed");
    expect(cave.reports).toHaveLength(1);
    expect(cave.reports[0]).toMatchObject({ fanstate: "failed" });
    expect(lastOf(cave, 5_000)?.temperature).toBe(70);
    expect(cave.device.methods["RepairFan"]?.(null)).toMatchObject({
      status: 200,
      payload: { result: "Fan repaired" },
    });
    expect(cave.run(1)[0]?.properties["fanAlert"]).toBe("false");
  });

  test.each([
    ["on", "on"],
    ["OFF", "off"],
    ['"On"', "on"],
    [{ state: "on" }, "on"],
    [{ state: '"oFF"' }, "off"],
  ])("obeys SetFanState %j", (payload, fan) => {
    const answer = physical().device.methods["SetFanState"]?.(payload);
    expect(answer).toMatchObject({
      status: 200,
      payload: { result: "Executed direct method: SetFanState" },
      reported: { fanstate: fan },
    });
  });

  test.each([["failed"], ["2"], [2], [null], [{}], [{ state: 1 }], [["on"]], ["on,off"]])(
    "refuses SetFanState %j",
    (payload) => {
      const cave = physical();
      expect(cave.device.methods["SetFanState"]?.(payload)).toEqual({
        status: 400,
        payload: { result: "Invalid parameter" },
      });
      expect(cave.run(1)[0]?.properties["fanAlert"]).toBe("false");
    },
  );
});

describe("determinism", () => {
  test("one seed and device give one stream of messages", () => {
    const bodies = physical().bodies(200);
    expect(physical().bodies(200)).toEqual(bodies);
    expect(physical({}, { seed: 2 }).bodies(200)).not.toEqual(bodies);
    expect(physical({}, { deviceId: "cave-2" }).bodies(200)).not.toEqual(bodies);
  });

  test("neither the fan nor a fault shifts a device's noise", () => {
    const noise = { ambientTemperature: 70, fanLife: 1e15 };
    const plain = readingsOf(physical(noise, { desired: {} }), 50);
    const cave = physical(noise, { desired: {} });
    cave.device.beginFault?.({
      id: "1",
      kind: "sensorSpike",
      parameters: { sensor: "humidity", size: 1, probability: 0.5 },
    });
    const faulty = readingsOf(cave, 50);
    expect(faulty.map(({ temperature }) => temperature)).toEqual(
      plain.map(({ temperature }) => temperature),
    );
    const still = { ...noise, conditionerTime: 1e12, humidifierTime: 1e12 };
    const off = readingsOf(physical(still, { desired: { ...START, fanstate: "off" } }), 50);
    expect(readingsOf(physical(still), 50)).toEqual(off);
  });

  test("a device restored in the middle goes on with the same messages", () => {
    const patches = fc.record(
      {
        temperature: fc.double({ min: 30, max: 90, noNaN: true }),
        humidity: fc.integer({ min: 50, max: 100 }),
        fanstate: fc.constantFrom("on", "off"),
      },
      { requiredKeys: [] },
    );
    const faults = fc.constantFrom(
      { kind: "doorOpen", parameters: { factor: 20 } },
      { kind: "weakFan", parameters: {} },
      { kind: "fanFailure", parameters: {} },
      { kind: "sensorSpike", parameters: { sensor: "humidity", size: 30 } },
      { kind: "sensorStuck", parameters: {} },
    );
    const course = fc.array(fc.tuple(patches, fc.option(faults), fc.constantFrom(1, 5, 60)), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(course, fc.nat({ max: 12 }), (steps, middle) => {
        const settings = { dailySwing: 3, cheeseEvaporation: 1e-5 };
        const whole = physical(settings);
        let halves = physical(settings);
        for (const [index, [patch, fault, dtS]] of steps.entries()) {
          if (index === middle) {
            const saved = JSON.stringify(halves.device.snapshot());
            halves = caveIn("module", {
              deviceId: "cave-1",
              settings: { signal: "physical", ...settings },
            });
            halves.device.restore(JSON.parse(saved));
          }
          for (const { device } of [whole, halves]) {
            device.desired(patch, PUSHED);
            if (fault !== null) device.beginFault?.({ id: String(index), ...fault });
            else device.endFault?.(String(index - 1));
          }
          expect(halves.run(2, dtS)).toEqual(whole.run(2, dtS));
        }
        expect(halves.device.snapshot()).toEqual(whole.device.snapshot());
      }),
      { numRuns: 60 },
    );
  });
});
