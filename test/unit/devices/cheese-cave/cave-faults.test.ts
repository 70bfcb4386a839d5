import { describe, expect, test } from "vitest";
import { model } from "../../../../devices/cheese-cave/index.ts";
import type { JsonObject } from "../../../../src/model/model.ts";
import type { DeviceUnderTest } from "../../../support/model-device.ts";
import { call, caveIn, INITIAL, told } from "./caves.ts";

/** A physical cave without noise whose fan brought it from 70 °F and 99 % to where it settles. */
const settledCave = (): DeviceUnderTest => {
  const cave = caveIn("module", {
    settings: {
      signal: "physical",
      temperatureNoise: 0,
      humidityNoise: 0,
      temperatureSensorNoise: 0,
      humiditySensorNoise: 0,
      fanLife: 1e15,
    },
  });
  cave.device.desired({ fanstate: "on", temperature: 50, humidity: 85 }, INITIAL);
  cave.run(60, 60);
  return cave;
};
const begin = ({ device }: DeviceUnderTest, kind: string, parameters: JsonObject = {}): void =>
  device.beginFault?.({ id: kind, kind, parameters });
const after = (cave: DeviceUnderTest, minutes: number): { temperature: number; humidity: number } =>
  JSON.parse(cave.bodies(minutes, 60).at(-1) ?? "");

const check = (kind: string, parameters: JsonObject = {}): readonly string[] | undefined =>
  model.faults?.[kind]?.check(parameters);

describe("in a physical cave that has settled at 51 °F and 87.11 %", () => {
  test("an open door lets heat and vapour in ten times as fast, and is shut again", () => {
    const cave = settledCave();
    begin(cave, "doorOpen");
    // (70 - 50) * 100 / (190 + 100) °F away from the setpoint.
    expect(after(cave, 60).temperature).toBe(56.9);
    expect(after(cave, 1).humidity).toBeGreaterThan(95);
    cave.device.endFault?.("doorOpen");
    expect(after(cave, 60)).toEqual({ temperature: 51, humidity: 87.11 });
  });

  test("of two open doors the wider one counts", () => {
    const cave = settledCave();
    begin(cave, "doorOpen", { factor: 19 });
    cave.device.beginFault?.({ id: "2", kind: "doorOpen", parameters: { factor: 2 } });
    expect(after(cave, 60).temperature).toBe(60);
    cave.device.endFault?.("doorOpen");
    expect(after(cave, 60).temperature).toBe(51.9);
  });

  test("a weak fan, five times as slow, leaves it 4.17 °F from the setpoint, and a weaker one outside the band", () => {
    const cave = settledCave();
    begin(cave, "weakFan");
    expect(after(cave, 120).temperature).toBe(54.17);
    cave.device.beginFault?.({ id: "2", kind: "weakFan", parameters: { factor: 8 } });
    expect(after(cave, 240).temperature).toBe(55.93);
    expect(cave.run(1)[0]?.properties["temperatureAlert"]).toBe("true");
  });

  test("a dry humidifier leaves the temperature, and the wet rock makes 100 %", () => {
    const cave = settledCave();
    begin(cave, "humidifierDry");
    expect(after(cave, 240)).toEqual({ temperature: 51, humidity: 100 });
  });

  test("an iced coil leaves the humidity, and the rock makes 70 °F", () => {
    const cave = settledCave();
    begin(cave, "coilIced");
    const { temperature, humidity } = after(cave, 600);
    expect(temperature).toBe(70);
    expect(humidity).toBeGreaterThan(85);
    expect(humidity).toBeLessThan(86);
  });
});

describe("a fan failure", () => {
  test.each(["classic", "physical"])(
    "in a %s cave is told, raises the alert, and ends with the fan as it was",
    (signal) => {
      const cave = caveIn("module", { settings: { signal }, draw: () => 0.5 });
      cave.device.desired({ fanstate: "on" }, INITIAL);
      begin(cave, "fanFailure");
      expect(cave.run(1)[0]?.properties["fanAlert"]).toBe("true");
      expect(cave.reports.at(-1)).toMatchObject({ fanstate: "failed" });
      expect(call(cave, "SetFanState", "on")?.status).toBe(400);
      cave.device.endFault?.("fanFailure");
      expect(cave.run(1)[0]?.properties["fanAlert"]).toBe("false");
      expect(cave.reports.at(-1)).toMatchObject({ fanstate: "on" });
      expect(told(cave)).toEqual(
        expect.arrayContaining(["fanFailed: Fan has failed", "fanRepaired: Fan repaired"]),
      );
    },
  );

  test("lasts until the last of several is over", () => {
    const cave = caveIn("module", { draw: () => 0.5 });
    begin(cave, "fanFailure");
    cave.device.beginFault?.({ id: "2", kind: "fanFailure", parameters: {} });
    cave.device.endFault?.("fanFailure");
    expect(cave.run(1)[0]?.properties["fanAlert"]).toBe("true");
    cave.device.endFault?.("2");
    expect(cave.run(1)[0]?.properties["fanAlert"]).toBe("false");
  });

  test("that somebody repaired leaves the fan as it is by then", () => {
    const cave = caveIn("module", { draw: () => 0.5 });
    cave.device.desired({ fanstate: "on" }, INITIAL);
    begin(cave, "fanFailure");
    call(cave, "RepairFan");
    cave.device.endFault?.("fanFailure");
    expect(cave.device.desired({}, { version: 2, initial: false })).toMatchObject({
      fanstate: "off",
    });
  });

  test("is restored, and ends in the restored cave", () => {
    const cave = caveIn("module", { draw: () => 0.5 });
    cave.device.desired({ fanstate: "on" }, INITIAL);
    begin(cave, "fanFailure");
    begin(cave, "sensorBias", { sensor: "humidity", by: -40 });
    const other = caveIn("module", { draw: () => 0.5 });
    other.device.restore(JSON.parse(JSON.stringify(cave.device.snapshot())));
    expect(other.run(5)).toEqual(cave.run(5));
    other.device.endFault?.("fanFailure");
    expect(other.run(1)[0]?.properties["fanAlert"]).toBe("false");
  });
});

describe("faults of sensors", () => {
  test("act on what is sent, alerts included, and on what is reported", () => {
    const cave = settledCave();
    expect(cave.run(1)[0]?.properties).not.toHaveProperty("temperatureAlert");
    begin(cave, "sensorBias", { sensor: "temperature", by: 10 });
    const [message] = cave.run(1);
    expect(message?.body).toBe('{"temperature":61,"humidity":87.11}');
    expect(message?.properties["temperatureAlert"]).toBe("true");
    expect(cave.device.desired({}, { version: 2, initial: false })).toMatchObject({
      currentTemperature: 61,
    });
    cave.device.endFault?.("sensorBias");
    expect(cave.bodies(1)).toEqual(['{"temperature":51,"humidity":87.11}']);
  });

  test("do not touch the walk of a classic cave", () => {
    const plain = caveIn("module").bodies(20);
    const cave = caveIn("module");
    const begun = cave.bodies(5);
    begin(cave, "sensorStuck");
    begin(cave, "sensorSpike", { sensor: "temperature", size: 50, probability: 0.5 });
    expect(new Set(cave.bodies(10)).size).toBe(2);
    cave.device.endFault?.("sensorStuck");
    cave.device.endFault?.("sensorSpike");
    expect([...begun, ...cave.bodies(5)]).toEqual([...plain.slice(0, 5), ...plain.slice(15)]);
  });

  test("may silence the device", () => {
    const cave = caveIn("module");
    begin(cave, "sensorDropout");
    expect(cave.run(3)).toEqual([]);
    cave.device.endFault?.("sensorDropout");
    expect(cave.run(3)).toHaveLength(3);
  });
});

describe("kinds", () => {
  test("are these, and need no parameters but the sensor's", () => {
    expect(Object.keys(model.faults ?? {})).toEqual([
      "fanFailure",
      "doorOpen",
      "weakFan",
      "humidifierDry",
      "coilIced",
      "sensorStuck",
      "sensorDrift",
      "sensorSpike",
      "sensorBias",
      "sensorDropout",
    ]);
    for (const kind of ["fanFailure", "doorOpen", "weakFan", "humidifierDry", "coilIced"]) {
      expect(check(kind)).toEqual([]);
    }
  });

  test("have their parameters judged", () => {
    expect(check("doorOpen", { factor: 0.5 })).toEqual([
      "factor: expected a number from 1 to 1000, got 0.5",
    ]);
    expect(check("fanFailure", { factor: 2 })).toEqual([
      "factor: there is no such parameter; there are none",
    ]);
    expect(check("sensorBias", { sensor: "pressure", by: 1 })).toEqual([
      'sensor: expected one of temperature, humidity, got "pressure"',
    ]);
  });

  test("of the air have no effect on the classic walk, which is told", () => {
    const plain = caveIn("module").bodies(5);
    const cave = caveIn("module");
    begin(cave, "coilIced");
    expect(cave.bodies(5)).toEqual(plain);
    expect(told(cave)).toEqual([
      "faultWithoutEffect: coilIced has no effect: it needs signal: physical",
    ]);
  });
});
