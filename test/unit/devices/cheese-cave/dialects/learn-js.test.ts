import { describe, expect, test } from "vitest";
import { call, caveIn, INITIAL, PUSHED, told } from "../caves.ts";

const HALF = { draw: () => 0.5 };
const BOTH = { patchId: "Set values", temperature: "50", humidity: "85" };
const REPORTED = {
  firmwareVersion: "1.2.3",
  lastPatchReceivedId: "",
  fanState: "off",
  currentTemperature: "70.00",
  currentHumidity: "99.00",
};

test("a message has texts of two decimals, no content type, and alerts from the first on", () => {
  expect(caveIn("learn-js", HALF).run(1)).toEqual([
    {
      body: '{"temperature":"70.00","humidity":"99.00"}',
      properties: {
        sensorID: "S1",
        fanAlert: "false",
        temperatureAlert: "true",
        humidityAlert: "true",
      },
    },
  ]);
});

describe("desired properties", () => {
  test("are applied at the start and later, temperature first, and measured values are reported", () => {
    const cave = caveIn("learn-js", HALF);
    expect(cave.device.desired(BOTH, INITIAL)).toEqual(REPORTED);
    call(cave, "SetFanState", "on");
    cave.run(40);
    expect(cave.device.desired({ temperature: 55, humidity: "80" }, PUSHED)).toEqual({
      ...REPORTED,
      fanState: "on",
      currentTemperature: "50.00",
      currentHumidity: "85.00",
    });
    expect(told(cave)).toEqual([
      "setpointSet: Setting desired temperature to 50",
      "setpointSet: Setting desired humidity to 85",
      "fanSet: Direct method payload received:on",
      "setpointSet: Setting desired temperature to 55",
      "setpointSet: Setting desired humidity to 80",
    ]);
  });

  test.each([
    [{}, INITIAL],
    [{ humidity: "85" }, PUSHED],
    [{ temperature: null, humidity: "85" }, PUSHED],
    [{ temperature: "warm", humidity: "85" }, PUSHED],
    [{ temperature: true, humidity: "85" }, PUSHED],
  ])("%j make the setpoint NaN, which silences the alert", (patch, context) => {
    const cave = caveIn("learn-js", HALF);
    cave.device.desired(patch, context);
    const [message] = cave.run(1);
    expect(message?.properties).not.toHaveProperty("temperatureAlert");
    expect(message?.body).toContain('"temperature":"70.00"');
  });

  test("a reading is NaN for ever once the fan is on without a setpoint", () => {
    const cave = caveIn("learn-js", HALF);
    cave.device.desired({ humidity: "85" }, PUSHED);
    call(cave, "SetFanState", "on");
    expect(cave.bodies(2)).toEqual([
      '{"temperature":"NaN","humidity":"98.50"}',
      '{"temperature":"NaN","humidity":"98.00"}',
    ]);
    expect(cave.device.desired(BOTH, PUSHED)).toMatchObject({ currentTemperature: "NaN" });
    call(cave, "SetFanState", "off");
    expect(cave.bodies(1)).toEqual(['{"temperature":"NaN","humidity":"98.00"}']);
  });

  test("are read by parseFloat: what begins with a number is one", () => {
    const cave = caveIn("learn-js", HALF);
    cave.device.desired({ temperature: "66F", humidity: [95] }, PUSHED);
    expect(cave.run(1)[0]?.properties).toEqual({ sensorID: "S1", fanAlert: "false" });
  });
});

describe("SetFanState", () => {
  test.each(["on", "off"])("%s is answered with a text, and the twin is reported", (state) => {
    expect(call(caveIn("learn-js", HALF), "SetFanState", state)).toEqual({
      status: 200,
      payload: `Fan state set: ${state}`,
      reported: { ...REPORTED, fanState: state },
    });
  });

  test.each([
    ["On", "On"],
    ["failed", "failed"],
    ["1", "1"],
    [1, "1"],
    [null, "null"],
    [{ state: "on" }, "[object Object]"],
  ])("%j is refused with a text", (payload, text) => {
    const cave = caveIn("learn-js");
    expect(call(cave, "SetFanState", payload)).toEqual({
      status: 400,
      payload: `Invalid direct method parameter: ${text}`,
    });
    expect(told(cave)).toEqual(["methodFailed: Invalid state response received in payload"]);
  });

  test("of a failed fan is refused, and nothing repairs it", () => {
    const cave = caveIn("learn-js", { draw: () => 0.001 });
    call(cave, "SetFanState", "on");
    cave.run(1);
    expect(call(cave, "SetFanState", "off")).toEqual({
      status: 400,
      payload: "Fan has failed and cannot be set to: off",
    });
    expect(Object.keys(cave.device.methods)).toEqual(["SetFanState"]);
    expect(cave.reports).toEqual([]);
    expect(told(cave).slice(1)).toEqual([
      "fanFailed: Fan has failed",
      "methodFailed: Fan has failed and cannot have its state changed",
    ]);
  });
});
