import { expect, test } from "vitest";
import { call, caveIn, INITIAL, PUSHED } from "../caves.ts";

const HALF = { draw: () => 0.5 };

test("a message is in degrees Celsius, as texts, and without alerts at the start", () => {
  expect(caveIn("wine-cellar", HALF).run(1)).toEqual([
    {
      body: '{"temperature":"12.83","humidity":"65.00"}',
      properties: { sensorID: "S1", fanAlert: "false" },
    },
  ]);
});

test("without the fan the cellar warms to the 23 degrees of its room and no further", () => {
  const cellar = caveIn("wine-cellar", HALF);
  expect(cellar.bodies(204).at(-1)).toBe('{"temperature":"22.98","humidity":"65.00"}');
  expect(cellar.bodies(2)).toEqual([
    '{"temperature":"23.00","humidity":"65.00"}',
    '{"temperature":"23.00","humidity":"65.00"}',
  ]);
});

test("alerts are raised more than 5.5 degrees or 15 percent away from the setpoints", () => {
  const cellar = caveIn("wine-cellar", HALF);
  call(cellar, "SetFanState", "on");
  cellar.device.desired({ temperature: "18.27777", humidity: "80" }, INITIAL);
  expect(cellar.run(1)[0]?.properties).toEqual({ sensorID: "S1", fanAlert: "false" });
  cellar.device.desired({ temperature: "18.78", humidity: "80.51" }, PUSHED);
  call(cellar, "SetFanState", "off");
  expect(cellar.run(1)[0]?.properties).toMatchObject({ humidityAlert: "true" });
});

test("twin and method are those of the Node.js sample", () => {
  const cellar = caveIn("wine-cellar", HALF);
  expect(call(cellar, "SetFanState", "on")).toEqual({
    status: 200,
    payload: "Fan state set: on",
    reported: {
      firmwareVersion: "1.2.3",
      lastPatchReceivedId: "",
      fanState: "on",
      currentTemperature: "12.78",
      currentHumidity: "65.00",
    },
  });
});
