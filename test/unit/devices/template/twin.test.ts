import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../../src/model/model.ts";
import { INITIAL, PUSHED } from "../../../support/model-device.ts";
import { bodyOf, templateOf } from "./templates.ts";

const DESIRED = {
  setpoint: { default: 21, min: 5, max: 30 },
  mode: { default: "eco", values: ["eco", "comfort"] },
  level: { type: "integer", default: 2 },
  on: true,
};
const thermostat = (twin: JsonObject = {}): ReturnType<typeof templateOf> =>
  templateOf({
    fields: { target: { from: "setpoint" }, mode: { from: "mode" } },
    twin: { desired: DESIRED, reported: { firmwareVersion: "1.2.3", name: "{deviceId}" }, ...twin },
  });

const interval = (twin: JsonObject): ReturnType<typeof templateOf> =>
  templateOf({ fields: { a: 1 }, twin });

describe("a flat echo", () => {
  test("reports constants and every property at the start, and what a patch asked for then", () => {
    const { device, bodies } = thermostat();
    expect(device.desired({ setpoint: 19 }, INITIAL)).toEqual({
      firmwareVersion: "1.2.3",
      name: "device-1",
      setpoint: 19,
      mode: "eco",
      level: 2,
      on: true,
    });
    expect(device.desired({ mode: "comfort", other: 1 }, PUSHED)).toEqual({ mode: "comfort" });
    expect(bodies(1)).toEqual(['{"target":19,"mode":"comfort"}']);
  });

  test("takes a number as a text, uses the number and shows the text", () => {
    const { device, bodies } = thermostat();
    expect(device.desired({ setpoint: "22.5" }, PUSHED)).toEqual({ setpoint: "22.5" });
    expect(bodies(1).map(bodyOf)).toEqual([{ target: 22.5, mode: "eco" }]);
  });

  test.each([
    { setpoint: 31 },
    { setpoint: "NaN" },
    { setpoint: true },
    { mode: "turbo" },
    { level: 1.5 },
    { on: "yes" },
  ])("keeps and shows the value in use where %j is no value", (patch) => {
    const { device } = thermostat();
    const [name = ""] = Object.keys(patch);
    const before = device.desired({}, INITIAL)?.[name];
    expect(device.desired(patch, PUSHED)).toEqual({ [name]: before });
  });

  test("null, and absence in the whole section, bring the default back", () => {
    const { device } = thermostat();
    device.desired({ setpoint: 25, mode: "comfort" }, PUSHED);
    expect(device.desired({ setpoint: null }, PUSHED)).toEqual({ setpoint: 21 });
    expect(device.desired({}, INITIAL)).toMatchObject({ setpoint: 21, mode: "eco" });
  });
});

test("acknowledgments of Plug and Play: 203 for a default, 200 for what is taken, 400 for what is not", () => {
  const { device } = thermostat({ echo: "ack", reported: {} });
  expect(device.desired({ setpoint: 19, level: "many" }, { version: 4, initial: true })).toEqual({
    setpoint: { value: 19, ac: 200, av: 4, ad: "accepted" },
    mode: { value: "eco", ac: 203, av: 0, ad: "the device's default" },
    level: { value: 2, ac: 400, av: 4, ad: "expected a whole number" },
    on: { value: true, ac: 203, av: 0, ad: "the device's default" },
  });
  expect(device.desired({ setpoint: 99 }, { version: 5, initial: false })).toEqual({
    setpoint: { value: 19, ac: 400, av: 5, ad: "expected a number from 5 to 30" },
  });
});

test("without an echo nothing is reported, and properties are obeyed all the same", () => {
  const { device, bodies } = thermostat({ echo: "none", reported: {} });
  expect(device.desired({ setpoint: 19 }, INITIAL)).toBeUndefined();
  expect(bodies(1)).toEqual(['{"target":19,"mode":"eco"}']);
});

describe("the interval", () => {
  test("is the scenario's until the twin has telemetryInterval, as a number or a text", () => {
    const { device } = interval({});
    expect(device.desired({}, INITIAL)).toBeUndefined();
    expect(device.intervalS).toBeUndefined();
    expect(device.desired({ telemetryInterval: "2" }, PUSHED)).toEqual({ telemetryInterval: "2" });
    expect(device.intervalS).toBe(2);
    device.desired({ telemetryInterval: 0 }, PUSHED);
    expect(device.intervalS).toBe(2);
    expect(device.desired({ telemetryInterval: null }, PUSHED)).toEqual({
      telemetryInterval: null,
    });
    expect(device.intervalS).toBeUndefined();
  });

  test("has a name of one's own", () => {
    const { device } = interval({ interval: "telemetryDelay" });
    device.desired({ telemetryInterval: 3, telemetryDelay: 4 }, PUSHED);
    expect(device.intervalS).toBe(4);
  });

  test("has a default and a range where it is among the desired properties", () => {
    const { device } = interval({ desired: { telemetryInterval: { default: 7, min: 5 } } });
    expect(device.intervalS).toBe(7);
    device.desired({ telemetryInterval: 4 }, PUSHED);
    expect(device.intervalS).toBe(7);
  });

  test("is not the twin's affair where the settings say none", () => {
    const { device } = interval({ interval: "none" });
    device.desired({ telemetryInterval: 3 }, PUSHED);
    expect(device.intervalS).toBeUndefined();
  });
});

describe("methods", () => {
  const { device } = templateOf({
    fields: { target: { from: "setpoint" } },
    twin: { desired: DESIRED, echo: "ack" },
    methods: {
      reboot: {},
      echo: {
        status: 202,
        payload: { got: "{payload}", text: "{payload.name} on {deviceId}: {payload}" },
      },
      setSetpoint: { set: { setpoint: "{payload.value}" }, payload: { result: "done" } },
      update: { reported: { firmwareVersion: "{payload}", by: "{deviceId}" } },
    },
  });
  const call = (name: string, payload: JsonObject | string | null): unknown =>
    device.methods[name]?.(payload);

  test("answer with their status, and 200 where there is none", () => {
    expect(call("reboot", null)).toEqual({ status: 200 });
  });

  test("have what the caller sent in place of {payload}, as it is or within a text", () => {
    expect(call("echo", { name: "Ada", n: [1] })).toEqual({
      status: 202,
      payload: { got: { name: "Ada", n: [1] }, text: 'Ada on device-1: {"name":"Ada","n":[1]}' },
    });
    expect(call("echo", "x")).toMatchObject({ payload: { got: "x", text: "null on device-1: x" } });
  });

  test("set a property and report it, or refuse what it does not take", () => {
    expect(call("setSetpoint", { value: 25 })).toEqual({
      status: 200,
      payload: { result: "done" },
      reported: { setpoint: { value: 25, ac: 200, av: 0, ad: "accepted" } },
    });
    expect(call("setSetpoint", { value: 99 })).toEqual({
      status: 400,
      payload: { error: "setpoint: expected a number from 5 to 30" },
    });
    expect(device.step({ dtS: 5, atMs: 0 })[0]?.body).toBe('{"target":25}');
  });

  test("report what they say", () => {
    expect(call("update", "2.0")).toEqual({
      status: 200,
      reported: { firmwareVersion: "2.0", by: "device-1" },
    });
  });

  test("are only those of the settings", () => {
    expect(Object.keys(device.methods)).toEqual(["reboot", "echo", "setSetpoint", "update"]);
  });
});

test("a model id is announced where there is one", () => {
  const modelId = "dtmi:com:example:Thermostat;1";
  expect(templateOf({ fields: { a: 1 }, modelId }).device.modelId).toBe(modelId);
  expect(templateOf({ fields: { a: 1 } }).device.modelId).toBeUndefined();
});
