import { describe, expect, test } from "vitest";
import { call, caveIn, INITIAL, PUSHED, told } from "../caves.ts";

const HALF = { draw: () => 0.5 };
const BOTH = { patchId: "set values", temperature: "50", humidity: "85" };

describe.each([
  { dialect: "learn-csharp", off: "off", on: "on", failed: "failed" },
  { dialect: "az220", off: "Off", on: "On", failed: "Failed" },
] as const)("$dialect", ({ dialect, off, on, failed }) => {
  test("a message has numbers that all show a fraction, and no content type", () => {
    expect(caveIn(dialect, HALF).run(1)).toEqual([
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

  describe("desired properties", () => {
    test("at the start are shown, not applied and not answered", () => {
      const cave = caveIn(dialect, HALF);
      expect(cave.device.desired(BOTH, { ...INITIAL, version: 3 })).toBeUndefined();
      expect(told(cave)).toEqual([
        'initialTwin: Initial twin desired properties: {"patchId":"set values","temperature":"50","humidity":"85","$version":3}',
      ]);
      cave.device.desired({ humidity: "80" }, PUSHED);
      expect(cave.device.desired({ temperature: 60, humidity: 79 }, PUSHED)).toEqual({
        fanstate: off,
        humidity: 79,
        temperature: 60,
      });
    });

    test("later are applied, humidity first, and echoed as numbers", () => {
      const cave = caveIn(dialect, HALF);
      call(cave, "SetFanState", on);
      expect(cave.device.desired(BOTH, PUSHED)).toEqual({
        fanstate: on,
        humidity: 85,
        temperature: 50,
      });
      expect(told(cave).slice(1)).toEqual([
        "setpointSet: Setting desired humidity to 85",
        "setpointSet: Setting desired temperature to 50",
      ]);
      cave.run(39);
      expect(cave.bodies(1)).toEqual(['{"temperature":50.0,"humidity":85.0}']);
    });

    test.each([
      [{ temperature: "70" }, "true", "true"],
      [{ humidity: null, temperature: "70" }, "true", "true"],
      [{ humidity: "NaN", temperature: "70" }, "true", "true"],
      [{ humidity: "99" }, "true", undefined],
      [{ humidity: 99, temperature: "warm" }, "true", undefined],
      [{ humidity: "99", temperature: "70" }, undefined, undefined],
    ])("%j leave a temperature alert %s and a humidity alert %s", (patch, hot, humid) => {
      const cave = caveIn(dialect, HALF);
      const reported = cave.device.desired(patch, PUSHED);
      const properties = cave.run(1)[0]?.properties;
      expect([properties?.["temperatureAlert"], properties?.["humidityAlert"]]).toEqual([
        hot,
        humid,
      ]);
      const givenUp = hot === "true";
      expect(reported === undefined).toBe(givenUp);
      expect(told(cave).includes("twinFailed: Failed to update device twin")).toBe(givenUp);
    });
  });

  describe("SetFanState", () => {
    test.each([
      [on, on],
      [off, off],
      [failed, failed],
      ["0", off],
      ["1", on],
      [1, on],
      ["7", "7"],
      ["-1", "-1"],
      [` ${on} `, on],
      [`${off},${on}`, on],
      [`${off}, ${failed}`, failed],
      [`${on},${failed}`, "3"],
    ])("with %j makes the fan %s and reports nothing", (payload, state) => {
      const cave = caveIn(dialect);
      expect(call(cave, "SetFanState", payload)).toEqual({
        status: 200,
        payload: { result: "Executed direct method: SetFanState" },
      });
      expect(told(cave)).toEqual([`fanSet: Fan set to: ${payload}`]);
      expect(cave.device.desired(BOTH, PUSHED)).toMatchObject({ fanstate: state });
      expect(cave.run(1)[0]?.properties["fanAlert"]).toBe(String(state === failed));
    });

    test.each([
      on.toUpperCase(),
      on === "on" ? "On" : "on",
      '"on"',
      "",
      "1,2",
      "2147483648",
      null,
      true,
      ["on"],
      { state: on },
    ])("with %j is refused", (payload) => {
      const cave = caveIn(dialect);
      expect(call(cave, "SetFanState", payload)).toEqual({
        status: 400,
        payload: { result: "Invalid parameter" },
      });
      expect(told(cave)).toEqual([
        'methodFailed: Direct method failed: {"result":"Invalid parameter"}',
      ]);
    });

    test("of a failed fan is refused, and nothing repairs it", () => {
      const cave = caveIn(dialect);
      call(cave, "SetFanState", failed);
      for (const payload of [off, "nonsense"]) {
        expect(call(cave, "SetFanState", payload)).toEqual({
          status: 400,
          payload: { result: "Fan failed" },
        });
      }
      expect(Object.keys(cave.device.methods)).toEqual(["SetFanState"]);
    });
  });

  test("a fan that breaks is told, not reported", () => {
    const cave = caveIn(dialect, { draw: () => 0.001 });
    call(cave, "SetFanState", on);
    expect(cave.run(1)[0]?.properties["fanAlert"]).toBe("true");
    expect(told(cave).slice(1)).toEqual(["fanFailed: Fan has failed"]);
    expect(cave.reports).toEqual([]);
  });

  test("a fan that is a number without a name works like one that is off, also when restored", () => {
    const cave = caveIn(dialect, HALF);
    call(cave, "SetFanState", "7");
    const restored = caveIn(dialect, HALF);
    restored.device.restore(JSON.parse(JSON.stringify(cave.device.snapshot())));
    expect(restored.bodies(1)).toEqual(['{"temperature":70.0,"humidity":99.0}']);
    expect(restored.device.desired(BOTH, PUSHED)).toMatchObject({ fanstate: "7" });
    call(restored, "SetFanState", off);
    expect(restored.device.desired(BOTH, PUSHED)).toMatchObject({ fanstate: off });
  });
});
