import { describe, expect, test } from "vitest";
import { SensorFaults } from "../../../../devices/shared/sensor-faults.ts";
import type { JsonObject } from "../../../../src/model/model.ts";

const SENSORS = ["temperature", "humidity"];
const faultsOf = (draw: () => number = () => 0.5): SensorFaults =>
  new SensorFaults(SENSORS, { next: draw });
/** Readings of both sensors in the next step. */
const readings = (faults: SensorFaults, t: number, h: number, dtS = 5): readonly number[] => {
  faults.step(dtS);
  return [faults.read("temperature", t), faults.read("humidity", h)];
};
const savedOf = (faults: SensorFaults): readonly JsonObject[] =>
  JSON.parse(JSON.stringify(faults.snapshot()));

const restore = (state: JsonObject) => () => faultsOf().restore([state], "cave");

describe("readings", () => {
  test("are what is measured while no fault is on", () => {
    expect(readings(faultsOf(), 50, 85)).toEqual([50, 85]);
  });

  test("stay as they were when the sensor got stuck, until it is mended", () => {
    const faults = faultsOf();
    faults.begin({ id: "1", kind: "sensorStuck", parameters: { sensor: "temperature" } });
    expect(readings(faults, 50, 85)).toEqual([50, 85]);
    expect(readings(faults, 51, 86)).toEqual([50, 86]);
    faults.end("1");
    expect(readings(faults, 52, 87)).toEqual([52, 87]);
  });

  test("are stuck together where no sensor is named", () => {
    const faults = faultsOf();
    faults.begin({ id: "1", kind: "sensorStuck", parameters: {} });
    readings(faults, 50, 85);
    expect(readings(faults, 51, 86)).toEqual([50, 85]);
  });

  test("drift by so much a day, whatever the steps, and are right again afterwards", () => {
    const faults = faultsOf();
    faults.begin({
      id: "1",
      kind: "sensorDrift",
      parameters: { sensor: "humidity", perDay: 24 },
    });
    for (let minute = 0; minute < 59; minute += 1) readings(faults, 50, 85, 60);
    expect(readings(faults, 50, 85, 60)).toEqual([50, 86]);
    expect(readings(faults, 50, 85, 3_600)).toEqual([50, 87]);
    faults.end("1");
    expect(readings(faults, 50, 85)).toEqual([50, 85]);
  });

  test("are off by a bias, and by a spike when its draw says so", () => {
    const draws = [0.2, 0.05];
    const faults = faultsOf(() => draws.shift() ?? 1);
    faults.begin({ id: "b", kind: "sensorBias", parameters: { sensor: "temperature", by: -2 } });
    faults.begin({
      id: "s",
      kind: "sensorSpike",
      parameters: { sensor: "temperature", size: 30 },
    });
    expect(readings(faults, 50, 85)).toEqual([48, 85]);
    expect(readings(faults, 50, 85)).toEqual([78, 85]);
    expect(readings(faults, 50, 85)).toEqual([48, 85]);
  });

  test("suffer faults in the order in which they began", () => {
    const faults = faultsOf();
    const bias = { kind: "sensorBias", parameters: { sensor: "humidity", by: 5 } };
    faults.begin({ id: "1", ...bias });
    faults.begin({ id: "2", kind: "sensorStuck", parameters: {} });
    expect(readings(faults, 50, 85)).toEqual([50, 90]);
    faults.begin({ id: "3", ...bias });
    faults.end("1");
    expect(readings(faults, 50, 70)).toEqual([50, 95]);
  });
});

test("a dropout silences the device as often as it says, always unless told", () => {
  const draws = [0.3, 0.6];
  const faults = faultsOf(() => draws.shift() ?? 0.999);
  faults.begin({ id: "1", kind: "sensorDropout", parameters: { probability: 0.5 } });
  const silent = [1, 2, 3].map(() => {
    faults.step(5);
    return faults.silent;
  });
  expect(silent).toEqual([true, false, false]);
  faults.begin({ id: "2", kind: "sensorDropout", parameters: {} });
  faults.step(5);
  expect(faults.silent).toBe(true);
});

test("faults of other kinds, and ends of other faults, are left to the device", () => {
  const faults = faultsOf();
  expect(faults.begin({ id: "1", kind: "fanFailure", parameters: {} })).toBe(false);
  expect(faults.begin({ id: "2", kind: "sensorStuck", parameters: {} })).toBe(true);
  expect(faults.end("1")).toBe(false);
  expect(faults.end("2")).toBe(true);
});

test("restored faults go on as they were", () => {
  const faults = faultsOf();
  faults.begin({ id: "1", kind: "sensorStuck", parameters: { sensor: "temperature" } });
  faults.begin({
    id: "2",
    kind: "sensorDrift",
    parameters: { sensor: "humidity", perDay: 86_400 },
  });
  faults.begin({ id: "3", kind: "sensorSpike", parameters: { sensor: "humidity", size: 1 } });
  readings(faults, 50, 85);
  const other = faultsOf();
  other.restore(savedOf(faults), "cave");
  expect(other.snapshot()).toEqual(faults.snapshot());
  expect(readings(other, 60, 85)).toEqual([50, 95]);
  expect(readings(faults, 60, 85)).toEqual([50, 95]);
});

test("a sensor that is stuck at a defect program's NaN is so when restored", () => {
  const faults = faultsOf();
  faults.begin({ id: "1", kind: "sensorStuck", parameters: {} });
  readings(faults, Number.NaN, 85);
  const other = faultsOf();
  other.restore(savedOf(faults), "cave");
  expect(readings(other, 60, 90)).toEqual([Number.NaN, 85]);
});

test("what was not saved by them is refused by name", () => {
  const saved = { id: "1", kind: "sensorBias", amount: 1, probability: 1, elapsedS: 0, held: {} };
  expect(restore(saved)).not.toThrow();
  expect(restore({ ...saved, kind: "fanFailure" })).toThrow("cave snapshot: sensorFaults.kind");
  expect(restore({ ...saved, sensor: "pressure" })).toThrow("sensorFaults.sensor");
  expect(restore({ ...saved, held: { temperature: "hot" } })).toThrow("held.temperature");
});
