import { expect, test } from "vitest";
import { sensorFaultKinds } from "../../../../devices/shared/sensor-fault-kinds.ts";
import type { JsonObject } from "../../../../src/model/model.ts";

const kinds = sensorFaultKinds(["temperature", "humidity"]);
const problems = (kind: keyof typeof kinds, parameters: JsonObject): readonly string[] =>
  kinds[kind].check(parameters);

test("parameters that are good have no problem", () => {
  expect(problems("sensorStuck", {})).toEqual([]);
  expect(problems("sensorStuck", { sensor: "humidity" })).toEqual([]);
  expect(problems("sensorDrift", { sensor: "humidity", perDay: -2 })).toEqual([]);
  expect(problems("sensorSpike", { sensor: "humidity", size: 9, probability: 1 })).toEqual([]);
  expect(problems("sensorBias", { sensor: "temperature", by: 0.5 })).toEqual([]);
  expect(problems("sensorDropout", { probability: 0.5 })).toEqual([]);
});

test("parameters that are missing, wrong or unknown are told at once", () => {
  expect(problems("sensorDrift", { perday: 2 })).toEqual([
    "perday: there is no such parameter; did you mean perDay?",
    "sensor: expected one of temperature, humidity, got null",
    "perDay: expected a number from -1000000000 to 1000000000, got null",
  ]);
  // JSON has no number for a sum of such.
  expect(problems("sensorBias", { sensor: "humidity", by: 1e308 })).toHaveLength(1);
  expect(problems("sensorDropout", { sensor: "humidity", probability: 0 })).toEqual([
    "sensor: there is no such parameter; there are probability",
    "probability: expected a number above 0 and at most 1, got 0",
  ]);
});

test("a device with sensors of its own takes any name", () => {
  expect(sensorFaultKinds("any").sensorStuck.check({ sensor: "pressure" })).toEqual([]);
  expect(kinds.sensorStuck.check({ sensor: "pressure" })).toHaveLength(1);
});
