import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../../src/model/model.ts";
import { beltOf, INITIAL, PUSHED, scriptedBelt } from "./belts.ts";

/** What a belt reports that nobody has asked for anything. */
const REPORTED = {
  desiredSpeed: null,
  telemetryInterval: null,
  telemetryDelay: null,
  stopAlertAfter: 5,
  naturalFrequency: 1 / (2 * Math.PI),
  firmwareVersion: "1.2.3",
  faults: { forced: false, increasing: false },
};

/** Speeds of the next ticks, as the log tells them. */
const speedsOf = (belt: ReturnType<typeof beltOf>, count: number): unknown[] =>
  belt
    .bodies(count)
    .filter((_, index) => index % 2 === 1)
    .map((body) => /"speed":"(\w+)"/.exec(body)?.[1]);

describe("desired properties", () => {
  test.each<[JsonObject, JsonObject]>([
    [{}, {}],
    [{ desiredSpeed: "fast" }, { desiredSpeed: "fast" }],
    [{ desiredSpeed: " Slow " }, { desiredSpeed: "slow" }],
    [{ desiredSpeed: "STOPPED" }, { desiredSpeed: "stopped" }],
    [{ desiredSpeed: null }, {}],
    [{ desiredSpeed: "quick" }, {}],
    [{ desiredSpeed: 2 }, {}],
    [{ telemetryInterval: 2 }, { telemetryInterval: 2 }],
    [{ telemetryInterval: "2.5" }, { telemetryInterval: 2.5 }],
    [{ telemetryDelay: "1" }, { telemetryDelay: 1 }],
    [{ telemetryInterval: 0 }, {}],
    [{ telemetryInterval: 86_401 }, {}],
    [{ telemetryInterval: "soon" }, {}],
    [{ stopAlertAfter: 0 }, { stopAlertAfter: 0 }],
    [{ stopAlertAfter: "12.5" }, { stopAlertAfter: 12.5 }],
    [{ stopAlertAfter: -1 }, {}],
    [{ stopAlertAfter: "NaN" }, {}],
    [{ stopAlertAfter: 86_401 }, {}],
    [
      { desiredSpeed: "fast", stopAlertAfter: 60, telemetryInterval: 3, other: 1 },
      { desiredSpeed: "fast", stopAlertAfter: 60, telemetryInterval: 3 },
    ],
  ])("%j is answered by %j beside the defaults", (patch, changes) => {
    for (const context of [INITIAL, PUSHED]) {
      expect(beltOf().device.desired(patch, context)).toEqual({ ...REPORTED, ...changes });
    }
  });

  test("what cannot be used keeps the old value, and null brings the default back", () => {
    const { device } = beltOf();
    const wishes = { desiredSpeed: "fast", telemetryInterval: 3, stopAlertAfter: 60 };
    device.desired(wishes, PUSHED);
    const nonsense = { desiredSpeed: "x", telemetryInterval: {}, stopAlertAfter: true };
    expect(device.desired(nonsense, PUSHED)).toEqual({ ...REPORTED, ...wishes });
    const removals = { desiredSpeed: null, telemetryInterval: null, stopAlertAfter: null };
    expect(device.desired(removals, PUSHED)).toEqual(REPORTED);
  });

  test("what cannot be used is told, and nothing else is", () => {
    const belt = beltOf();
    const wishes = { desiredSpeed: "warp", telemetryDelay: "NaN", stopAlertAfter: -1 };
    belt.device.desired({ ...wishes, telemetryInterval: "2", other: 1 }, INITIAL);
    expect(belt.events).toEqual(
      [
        ["telemetryDelay", 'Illegal telemetryDelay received: "NaN"'],
        ["stopAlertAfter", "Illegal stopAlertAfter received: -1"],
        ["desiredSpeed", 'Illegal desiredSpeed received: "warp"'],
      ].map(([property, text]) => ({
        name: "desiredRefused",
        text,
        level: "warning",
        data: { property },
      })),
    );
  });

  test("a whole section without a wish brings the default back, a patch does not", () => {
    const { device } = beltOf();
    const wishes = { desiredSpeed: "fast", telemetryDelay: 3, stopAlertAfter: 60 };
    device.desired(wishes, INITIAL);
    expect(device.desired({}, PUSHED)).toEqual({ ...REPORTED, ...wishes });
    expect(device.desired({}, INITIAL)).toEqual(REPORTED);
  });

  test("the interval is telemetryInterval's, else telemetryDelay's, else the scenario's", () => {
    const { device } = beltOf();
    expect(device.intervalS).toBeUndefined();
    device.desired({ telemetryDelay: 7 }, PUSHED);
    expect(device.intervalS).toBe(7);
    device.desired({ telemetryInterval: "2" }, PUSHED);
    expect(device.intervalS).toBe(2);
  });

  test("a desired speed holds until it is taken back", () => {
    const belt = beltOf();
    belt.device.desired({ desiredSpeed: "fast" }, PUSHED);
    expect(new Set(speedsOf(belt, 500))).toEqual(new Set(["fast"]));
    belt.device.desired({ desiredSpeed: null }, PUSHED);
    expect(new Set(speedsOf(belt, 500))).toEqual(new Set(["stopped", "slow", "fast"]));
  });

  test("stopAlertAfter moves the alert", () => {
    const belt = beltOf();
    belt.device.desired({ desiredSpeed: "stopped", stopAlertAfter: 3 }, PUSHED);
    const alerts = belt.run(2, 2).map(({ properties }) => properties["beltAlert"]);
    expect(alerts).toEqual(["false", "false", "true", "true"]);
  });

  test("no patch makes a belt throw, or report what is no JSON", () => {
    fc.assert(
      fc.property(
        fc.record(
          {
            desiredSpeed: fc.jsonValue(),
            telemetryInterval: fc.jsonValue(),
            telemetryDelay: fc.jsonValue(),
            stopAlertAfter: fc.jsonValue(),
          },
          { requiredKeys: [] },
        ),
        (patch) => {
          const belt = beltOf();
          const reported = belt.device.desired(JSON.parse(JSON.stringify(patch)), PUSHED);
          expect(JSON.parse(JSON.stringify(reported))).toEqual(reported);
          expect(belt.run(1)).toHaveLength(2);
        },
      ),
    );
  });
});

describe("SetSpeed", () => {
  test.each([
    ["fast", "fast"],
    ["Slow", "slow"],
    [{ speed: "stopped" }, "stopped"],
  ])("%j is done", (payload, speed) => {
    const belt = beltOf();
    expect(belt.device.methods["SetSpeed"]?.(payload)).toEqual({
      status: 200,
      payload: { result: `Speed set: ${speed}` },
      reported: { ...REPORTED, desiredSpeed: speed },
    });
    expect(new Set(speedsOf(belt, 100))).toEqual(new Set([speed]));
  });

  test.each([["quick"], [null], [1], [{}], [{ speed: 7 }], [["fast"]]])(
    "%j is refused, and changes nothing",
    (payload) => {
      const belt = beltOf();
      expect(belt.device.methods["SetSpeed"]?.(payload)).toEqual({
        status: 400,
        payload: { result: "Invalid parameter" },
      });
      expect(belt.bodies(100)).toEqual(beltOf().bodies(100));
    },
  );

  test("lasts over a connection whose twin has no speed, and yields to one that has", () => {
    const { device } = beltOf();
    device.desired({ desiredSpeed: "slow" }, INITIAL);
    device.methods["SetSpeed"]?.("fast");
    expect(device.desired({}, INITIAL)).toMatchObject({ desiredSpeed: "fast" });
    expect(device.desired({ desiredSpeed: "slow" }, INITIAL)).toMatchObject({
      desiredSpeed: "slow",
    });
    expect(device.desired({}, INITIAL)).toMatchObject({ desiredSpeed: null });
  });
});

describe("unwanted vibrations", () => {
  /** Draws with which the belt starts, and both vibrations begin, at the first tick. */
  const BOTH_BEGIN = [0.5, 0.8, 0.05, 0.5, 0.01, 0.5];

  test("are reported when they begin and when they end, and told", () => {
    const belt = scriptedBelt([...BOTH_BEGIN, 0.5, 0.5, 0.5, 0.991, 0.5]);
    belt.run(1);
    expect(belt.reports).toEqual([{ faults: { forced: true, increasing: true } }]);
    belt.run(1);
    expect(belt.reports[1]).toEqual({ faults: { forced: false, increasing: true } });
    belt.run(3);
    expect(belt.reports).toHaveLength(2);
    expect(belt.events).toEqual([
      {
        name: "forcedVibrationStarted",
        text: "Forced vibration starting with severity: 2",
        level: "warning",
        data: { severity: 2 },
      },
      {
        name: "increasingVibrationStarted",
        text: "Increasing vibration starting with severity: 300",
        level: "warning",
        data: { severity: 300 },
      },
      { name: "forcedVibrationStopped", text: "Forced vibration stopped" },
    ]);
  });

  test("are ended by ClearFaults", () => {
    const belt = scriptedBelt(BOTH_BEGIN);
    belt.run(1);
    expect(belt.device.methods["ClearFaults"]?.(null)).toEqual({
      status: 200,
      payload: { result: "Faults cleared" },
      reported: REPORTED,
    });
    belt.run(1);
    expect(belt.reports).toHaveLength(1);
    expect(belt.events.map(({ name }) => name).slice(2)).toEqual([
      "forcedVibrationStopped",
      "increasingVibrationStopped",
    ]);
  });
});
