import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../../src/model/model.ts";
import { beltOf, INITIAL } from "./belts.ts";

const QUIET = { signal: "physical", brokenWheelEvery: 0, resonanceEvery: 0 } as const;
const pnpBelt = (settings: JsonObject = {}) => beltOf({ dialect: "pnp", ...settings });
const at = (version: number) => ({ version, initial: false });

describe("messages", () => {
  test("are those of the modules, telemetry and then the log, of JSON with its content type", () => {
    const json = { contentType: "application/json", contentEncoding: "utf-8" };
    expect(pnpBelt().run(1, 2)).toEqual([
      {
        body: '{"vibration":0}',
        properties: { sensorID: "VSTel", beltAlert: "false" },
        ...json,
      },
      {
        body: expect.stringMatching(
          /^\{"vibration":0,"packages":0,"speed":"stopped","temp":[\d.]+\}$/,
        ),
        properties: { sensorID: "VSLog", beltAlert: "false" },
        ...json,
      },
    ]);
  });

  test("have those features in the log that the interface knows", () => {
    const belt = pnpBelt({ ...QUIET, features: true, preset: "industrial" });
    const [telemetry, log] = belt.bodies(1);
    expect(Object.keys(JSON.parse(telemetry ?? ""))).toEqual(["vibration"]);
    expect(Object.keys(JSON.parse(log ?? "")).slice(4)).toEqual([
      "vibrationRms",
      "vibrationPeak",
      "crestFactor",
      "velocityRms",
    ]);
  });
});

describe("the twin", () => {
  test("is answered with defaults where nobody asked for anything: 203, version 0", () => {
    const belt = pnpBelt();
    expect(belt.device.desired({}, INITIAL)).toEqual({
      desiredSpeed: { value: "stopped", ac: 203, av: 0, ad: "default" },
      stopAlertAfter: { value: 5, ac: 203, av: 0, ad: "default" },
      naturalFrequency: 1 / (2 * Math.PI),
      faults: { forced: false, increasing: false },
      firmwareVersion: "1.2.3",
    });
    // The interval is known when the first step is.
    belt.run(1, 7);
    expect(belt.reports).toEqual([
      { telemetryInterval: { value: 7, ac: 203, av: 0, ad: "default" } },
    ]);
  });

  test("acknowledges a speed with 202 at once, and with 200 when the belt runs so, once", () => {
    const belt = pnpBelt(QUIET);
    belt.device.desired({}, INITIAL);
    belt.run(1, 0.5);
    expect(belt.device.desired({ desiredSpeed: "fast" }, at(7))).toEqual({
      desiredSpeed: { value: "fast", ac: 202, av: 7, ad: "approaching" },
    });
    // 4 s of 0.25 m/s².
    belt.run(3, 1);
    const before = belt.reports.length;
    belt.run(5, 1);
    expect(belt.reports.slice(before)).toEqual([
      { desiredSpeed: { value: "fast", ac: 200, av: 7, ad: "reached" } },
    ]);
    expect(belt.device.desired({ desiredSpeed: "fast" }, at(8))).toEqual({
      desiredSpeed: { value: "fast", ac: 200, av: 8, ad: "reached" },
    });
  });

  test("waits with 200 while a jam holds the belt", () => {
    const belt = pnpBelt(QUIET);
    belt.device.desired({ desiredSpeed: "slow" }, INITIAL);
    belt.device.beginFault?.({ id: "j", kind: "jam", parameters: {} });
    belt.run(10, 1);
    const reached = { desiredSpeed: { value: "slow", ac: 200, av: 1, ad: "reached" } };
    expect(belt.reports).not.toContainEqual(reached);
    belt.device.endFault?.("j");
    belt.run(3, 1);
    expect(belt.reports.at(-1)).toEqual(reached);
  });

  test("does not say that a belt has its speed which starts again as ClearFaults ends a jam", () => {
    const belt = pnpBelt(QUIET);
    belt.device.desired({ desiredSpeed: "fast" }, INITIAL);
    belt.run(1, 60);
    belt.device.beginFault?.({ id: "j", kind: "jam", parameters: {} });
    belt.run(1, 60);
    belt.device.methods["ClearFaults"]?.(null);
    expect(belt.device.desired({ desiredSpeed: "fast" }, at(2))).toMatchObject({
      desiredSpeed: { ac: 202 },
    });
  });

  test("refuses with 400 and keeps what is in use", () => {
    const belt = pnpBelt(QUIET);
    belt.device.desired({ desiredSpeed: "slow", stopAlertAfter: 9, telemetryInterval: 3 }, INITIAL);
    expect(
      belt.device.desired(
        { desiredSpeed: "warp", stopAlertAfter: -1, telemetryInterval: "soon" },
        at(4),
      ),
    ).toEqual({
      desiredSpeed: { value: "slow", ac: 400, av: 4, ad: "expected stopped, slow, fast" },
      stopAlertAfter: { value: 9, ac: 400, av: 4, ad: "expected seconds from 0, at most a day" },
      telemetryInterval: {
        value: 3,
        ac: 400,
        av: 4,
        ad: "expected seconds above 0, at most a day",
      },
    });
    expect(belt.device.intervalS).toBe(3);
  });

  test("answers what it is asked for, and nothing else; what is as it was has been answered", () => {
    const { device } = pnpBelt();
    expect(device.desired({ stopAlertAfter: 20 }, INITIAL)).toMatchObject({
      stopAlertAfter: { value: 20, ac: 200, av: 1 },
    });
    expect(device.desired({ color: "red" }, at(2))).toBeUndefined();
    const later = { version: 3, initial: true };
    expect(device.desired({ stopAlertAfter: 20 }, later)).not.toHaveProperty("stopAlertAfter");
    expect(device.desired({ stopAlertAfter: null }, at(4))).toEqual({
      stopAlertAfter: { value: 5, ac: 203, av: 0, ad: "default" },
    });
  });

  test("hears of faults when they begin and end", () => {
    const belt = pnpBelt(QUIET);
    belt.device.desired({ desiredSpeed: "fast" }, INITIAL);
    belt.device.beginFault?.({ id: "w", kind: "brokenWheel", parameters: {} });
    belt.run(1, 2);
    expect(belt.reports.at(-1)).toMatchObject({ faults: { forced: true, increasing: false } });
    expect(belt.device.methods["ClearFaults"]?.(null)).toEqual({
      status: 200,
      reported: { faults: { forced: false, increasing: false } },
    });
  });
});

describe("the command SetSpeed", () => {
  test("sets the speed until the twin asks for another", () => {
    const belt = pnpBelt(QUIET);
    belt.device.desired({}, INITIAL);
    expect(belt.device.methods["SetSpeed"]?.("fast")).toEqual({
      status: 200,
      payload: { result: "Speed set: fast" },
      reported: { desiredSpeed: { value: "fast", ac: 203, av: 0, ad: "default" } },
    });
    belt.device.desired({}, INITIAL);
    expect(belt.bodies(1, 60).at(-1)).toContain('"speed":"fast"');
    belt.device.desired({ desiredSpeed: "slow" }, at(2));
    expect(belt.bodies(1, 60).at(-1)).toContain('"speed":"slow"');
  });

  test("does not let an older wish of the twin come true", () => {
    const belt = pnpBelt(QUIET);
    belt.device.desired({ desiredSpeed: "fast" }, INITIAL);
    belt.device.methods["SetSpeed"]?.({ speed: "slow" });
    belt.run(10, 2);
    expect(JSON.stringify(belt.reports)).not.toContain("reached");
  });

  test.each(["warp", 7, null, { speed: 1 }])("refuses %j", (payload) => {
    expect(pnpBelt().device.methods["SetSpeed"]?.(payload)).toEqual({
      status: 400,
      payload: { result: "Invalid parameter" },
    });
  });
});

test("a belt restored in the middle of an approach acknowledges as the first would have", () => {
  const belt = pnpBelt(QUIET);
  belt.device.desired({ desiredSpeed: "fast", telemetryInterval: 2 }, INITIAL);
  belt.run(1, 2);
  const restored = beltOf({ dialect: "pnp", ...QUIET }, { deviceId: "another", seed: 9 });
  restored.device.restore(JSON.parse(JSON.stringify(belt.device.snapshot())));
  expect(restored.device.intervalS).toBe(2);
  const before = belt.reports.length;
  expect(restored.bodies(5, 2)).toEqual(belt.bodies(5, 2));
  expect(restored.reports).toEqual(belt.reports.slice(before));
  expect(restored.reports).toHaveLength(1);
});
