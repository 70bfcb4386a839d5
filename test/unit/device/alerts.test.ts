import { expect, test } from "vitest";
import { DeviceAlerts } from "../../../src/device/alerts.ts";
import { parseAlertCondition } from "../../../src/metrics/alert-condition.ts";

function alerts(when: string, where: Readonly<Record<string, string>> = {}) {
  const parsed = parseAlertCondition(when);
  if ("problem" in parsed) throw new Error(parsed.problem);
  const device = new DeviceAlerts([{ name: "it", condition: parsed.condition, where }]);
  return (body: object, properties: Record<string, string> = {}): string[] =>
    device
      .observe({ body: JSON.stringify(body), properties })
      .map(({ state, reading }) => `${state} ${reading ?? "-"}`);
}

test("an alert comes on at the last of so many messages in a row, and goes off at the first that is well", () => {
  const send = alerts("x > 8 for 3 messages");
  const told = [9, 9, 1, 9, 9, 9.5, 10, 8, 9].map((x) => send({ x }));
  expect(told).toEqual([[], [], [], [], [], ["raised 9.5"], [], ["cleared 8"], []]);
});

test("a message without the field neither counts nor ends the row", () => {
  const send = alerts("x > 8 for 2 messages");
  expect([send({ x: 9 }), send({ y: 1 }), send({ x: 9 })]).toEqual([[], [], ["raised 9"]]);
});

test("an alert of application properties goes off where the property is absent", () => {
  const send = alerts("temperatureAlert");
  expect(send({}, { temperatureAlert: "true" })).toEqual(["raised -"]);
  expect(send({}, {})).toEqual(["cleared -"]);
});

test("only messages with the properties that it names are looked at", () => {
  const send = alerts("x > 8", { sensorID: "VSTel" });
  expect(send({ x: 9 }, { sensorID: "VSLog" })).toEqual([]);
  expect(send({ x: 9 }, { sensorID: "VSTel" })).toEqual(["raised 9"]);
});

test("a body that is no JSON says nothing", () => {
  const parsed = parseAlertCondition("x > 8");
  if ("problem" in parsed) throw new Error(parsed.problem);
  const device = new DeviceAlerts([{ name: "it", condition: parsed.condition, where: {} }]);
  expect(device.observe({ body: '{"x":NaN}', properties: {} })).toEqual([]);
});
