import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { call, caveIn, caveOf, INITIAL, PUSHED, told } from "../caves.ts";

const REPORTED = {
  fanstate: "off",
  humidity: 79,
  temperature: 60,
  fanState: "off",
  currentTemperature: 70,
  currentHumidity: 99,
  firmwareVersion: "1.2.3",
  lastPatchReceivedId: "",
  telemetryInterval: null,
  telemetryDelay: null,
};

describe("the initial section", () => {
  test("is answered with everything that any reader looks for", () => {
    expect(caveOf().desired({}, INITIAL)).toEqual(REPORTED);
  });

  test("is applied", () => {
    const cave = caveOf();
    expect(
      cave.desired({ fanstate: "on", temperature: "50", humidity: 85, patchId: "set 1" }, INITIAL),
    ).toEqual({
      ...REPORTED,
      fanstate: "on",
      fanState: "on",
      temperature: 50,
      humidity: 85,
      lastPatchReceivedId: "set 1",
    });
  });

  test("brings back the default of what it no longer has, but leaves the fan as a method set it", () => {
    const cave = caveOf();
    cave.desired({ temperature: 50, telemetryInterval: 2 }, INITIAL);
    cave.methods["SetFanState"]?.("on");
    expect(cave.desired({ humidity: 85 }, INITIAL)).toEqual({
      ...REPORTED,
      humidity: 85,
      fanstate: "on",
      fanState: "on",
    });
    expect(cave.intervalS).toBeUndefined();
  });
});

describe("a patch", () => {
  test("changes what it names and nothing else", () => {
    const cave = caveOf();
    cave.desired({ temperature: 50, humidity: 85 }, INITIAL);
    expect(cave.desired({ temperature: 50.123 }, PUSHED)).toMatchObject({
      temperature: 50.123,
      humidity: 85,
    });
    expect(cave.desired({ temperature: null }, PUSHED)).toMatchObject({
      temperature: 60,
      humidity: 85,
    });
  });

  test.each([
    [{ fanstate: "ON" }, "on"],
    [{ fanState: "On" }, "on"],
    [{ fanstate: "failed" }, "off"],
    [{ fanstate: true }, "off"],
    [{ fanstate: "on", fanState: "off" }, "on"],
  ])("%j makes the fan %s", (patch, expected) => {
    expect(caveOf().desired(patch, PUSHED)).toMatchObject({
      fanstate: expected,
      fanState: expected,
    });
  });

  test("that removes the fan state turns the fan off", () => {
    const cave = caveOf();
    cave.desired({ fanstate: "on" }, PUSHED);
    expect(cave.desired({ fanstate: null }, PUSHED)).toMatchObject({ fanstate: "off" });
  });

  test("cannot mend a failed fan", () => {
    const cave = caveOf();
    cave.methods["SetFanState"]?.("failed");
    for (const patch of [{ fanstate: "on" }, { fanstate: null }]) {
      expect(cave.desired(patch, PUSHED)).toMatchObject({ fanstate: "failed" });
    }
  });

  test.each([
    [{ telemetryInterval: 2 }, 2],
    [{ telemetryDelay: "1.5" }, 1.5],
    [{ telemetryInterval: 3, telemetryDelay: 9 }, 3],
    [{ telemetryInterval: 0 }, undefined],
    [{ telemetryInterval: -1 }, undefined],
    [{ telemetryInterval: 100_000 }, undefined],
    [{ telemetryDelay: "soon" }, undefined],
  ])("%j gives the interval %s", (patch, expected) => {
    const cave = caveOf();
    cave.desired(patch, PUSHED);
    expect(cave.intervalS).toBe(expected);
    cave.desired({ telemetryInterval: null, telemetryDelay: null }, PUSHED);
    expect(cave.intervalS).toBeUndefined();
  });

  test("of any JSON never makes a reading or a setpoint NaN", () => {
    const wish = fc.jsonValue({ maxDepth: 1 });
    const patch = fc.record(
      { temperature: wish, humidity: wish, fanstate: wish, telemetryInterval: wish, patchId: wish },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(patch, fc.boolean(), (desired, initial) => {
        const cave = caveOf();
        const reported = cave.desired(JSON.parse(JSON.stringify(desired)), { version: 1, initial });
        expect(Number.isFinite(reported?.["temperature"])).toBe(true);
        expect(Number.isFinite(reported?.["humidity"])).toBe(true);
        expect(["on", "off"]).toContain(reported?.["fanstate"]);
        expect(cave.step({ dtS: 5, atMs: 0 })[0]?.body).not.toMatch(/NaN|null/);
      }),
    );
  });

  test.each(["NaN", "50F", "", "  ", "Infinity", true, [50], { value: 50 }])(
    "with the setpoint %j keeps the old one",
    (temperature) => {
      const cave = caveOf();
      cave.desired({ temperature: 50 }, INITIAL);
      expect(cave.desired({ temperature }, PUSHED)).toMatchObject({ temperature: 50 });
    },
  );
});

describe("SetFanState", () => {
  test.each([
    ["on", "on"],
    ["off", "off"],
    ['"on"', "on"],
    ["1", "on"],
    [1, "on"],
    ["0", "off"],
    ["failed", "failed"],
    ["2", "failed"],
  ])("with %j sets the fan %s and reports it", (payload, expected) => {
    expect(caveOf().methods["SetFanState"]?.(payload)).toMatchObject({
      status: 200,
      payload: { result: "Executed direct method: SetFanState" },
      reported: { fanstate: expected, fanState: expected },
    });
  });

  test.each(["On", "OFF", "7", "", "on,off", null, {}, { state: "on" }])(
    "with %j is refused and reports nothing",
    (payload) => {
      const cave = caveOf();
      expect(cave.methods["SetFanState"]?.(payload)).toEqual({
        status: 400,
        payload: { result: "Invalid parameter" },
      });
      expect(cave.desired({}, PUSHED)).toMatchObject({ fanstate: "off" });
    },
  );

  test("of a failed fan is refused, whatever is asked", () => {
    const cave = caveOf();
    cave.methods["SetFanState"]?.("failed");
    for (const payload of ["on", "off", "nonsense"]) {
      expect(cave.methods["SetFanState"]?.(payload)).toEqual({
        status: 400,
        payload: { result: "Fan failed" },
      });
    }
  });
});

describe("RepairFan", () => {
  test("makes a failed fan one that is off, and reports it", () => {
    const cave = caveIn("module");
    call(cave, "SetFanState", "failed");
    expect(call(cave, "RepairFan")).toEqual({
      status: 200,
      payload: { result: "Fan repaired" },
      reported: REPORTED,
    });
    expect(told(cave)).toEqual(["fanSet: Fan set to: failed", "fanRepaired: Fan repaired"]);
    expect(call(cave, "SetFanState", "on")).toMatchObject({ status: 200 });
  });

  test("leaves any other fan as it is", () => {
    const cave = caveIn("module");
    call(cave, "SetFanState", "on");
    expect(call(cave, "RepairFan")).toEqual({ status: 200, payload: { result: "Fan repaired" } });
    expect(cave.device.desired({}, PUSHED)).toMatchObject({ fanstate: "on" });
  });
});

test("a fan that breaks by itself is told and reported once", () => {
  const cave = caveIn("module", { draw: () => 0.001 });
  cave.device.desired({ fanstate: "on" }, INITIAL);
  cave.run(3);
  expect(told(cave)).toEqual(["fanSet: Set the fan to: on", "fanFailed: Fan has failed"]);
  expect(cave.reports).toMatchObject([{ fanstate: "failed", fanState: "failed" }]);
});

test("what a twin changes is told, and what it asks for in vain", () => {
  const cave = caveIn("module");
  cave.device.desired({ temperature: "50", humidity: 79, fanstate: "off" }, INITIAL);
  cave.device.desired({ temperature: "NaN", fanstate: "warp", telemetryInterval: 0 }, PUSHED);
  cave.device.desired({ temperature: null }, PUSHED);
  expect(told(cave)).toEqual([
    "setpointSet: Setting desired temperature to 50",
    'desiredRefused: Illegal temperature received: "NaN"',
    'desiredRefused: Illegal fanstate received: "warp"',
    "desiredRefused: Illegal telemetryInterval received: 0",
    "setpointSet: Setting desired temperature to 60",
  ]);
});
