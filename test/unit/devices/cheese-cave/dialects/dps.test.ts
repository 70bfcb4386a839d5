import { describe, expect, test } from "vitest";
import { caveIn, INITIAL, PUSHED, told } from "../caves.ts";

const HALF = { draw: () => 0.5 };
const REPORTED = { fanstate: "off", humidity: 79, temperature: 60 };

test("a message has numbers that all show a fraction, and no content type", () => {
  expect(caveIn("dps", HALF).run(1)).toEqual([
    {
      body: '{"temperature":70.0,"humidity":99.0}',
      properties: {
        sensorID: "S1",
        fanAlert: "false",
        temperatureAlert: "true",
        humidityAlert: "true",
      },
    },
  ]);
});

test("there are no methods", () => {
  expect(caveIn("dps").device.methods).toEqual({});
});

describe("desired properties", () => {
  test("are applied at the start and later, each optional, and always answered", () => {
    const cave = caveIn("dps", HALF);
    expect(cave.device.desired({}, INITIAL)).toEqual(REPORTED);
    expect(cave.device.desired({ fanstate: "ON", temperature: "50.1234" }, INITIAL)).toEqual({
      fanstate: "on",
      humidity: 79,
      temperature: 50.1234,
    });
    expect(cave.device.desired({ humidity: 85 }, PUSHED)).toEqual({
      fanstate: "on",
      humidity: 85,
      temperature: 50.1234,
    });
    expect(told(cave)).toEqual([
      "fanSet: Set the fan to: on",
      "setpointSet: Setting the desired temperature to: 50.1234",
      "setpointSet: Setting the desired humidity to: 85",
    ]);
    expect(cave.bodies(1)).toEqual(['{"temperature":69.5,"humidity":98.5}']);
  });

  test.each([
    [{ fanstate: "failed" }, "Illegal fan state received: failed"],
    [{ fanstate: 1 }, "Illegal fan state received: 1"],
    [{ fanstate: true }, "Illegal fan state received: true"],
    [{ temperature: "warm" }, "Illegal temperature received: warm"],
    [{ temperature: "NaN" }, "Illegal temperature received: NaN"],
    [{ temperature: true }, "Illegal temperature received: True"],
    [{ humidity: null }, "Illegal humidity received: "],
    [{ humidity: "" }, "Illegal humidity received: "],
  ])("%j keep the old value, and that is told", (patch, line) => {
    const cave = caveIn("dps");
    expect(cave.device.desired(patch, PUSHED)).toEqual(REPORTED);
    expect(told(cave)).toEqual([`desiredRefused: ${line}`]);
  });

  test.each([
    [{ fanstate: null, temperature: 50 }, "fanstate", 60],
    [{ temperature: { value: 50 } }, "temperature", 60],
    [{ temperature: 50, humidity: [85] }, "humidity", 50],
  ])("%j end the sample's handler at %s: nothing is reported", (patch, property, temperature) => {
    const cave = caveIn("dps");
    expect(cave.device.desired(patch, PUSHED)).toBeUndefined();
    expect(told(cave).at(-1)).toBe(`twinFailed: Desired ${property} cannot be read`);
    expect(cave.device.desired({}, PUSHED)).toEqual({ ...REPORTED, temperature });
  });

  test("cannot set a failed fan", () => {
    const cave = caveIn("dps", { draw: () => 0.001 });
    cave.device.desired({ fanstate: "on" }, INITIAL);
    expect(cave.run(1)[0]?.properties["fanAlert"]).toBe("true");
    expect(cave.device.desired({ fanstate: "off", humidity: 85 }, PUSHED)).toEqual({
      fanstate: "failed",
      humidity: 85,
      temperature: 60,
    });
    expect(cave.reports).toEqual([]);
  });
});
