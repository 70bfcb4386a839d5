import { describe, expect, test } from "vitest";
import { beltOf, DIALECTS, INITIAL, scriptedBelt } from "./belts.ts";

/**
 * Draws of two ticks, after that of a natural amplitude of 3: the belt stands; then it starts slowly, and both unwanted
 * vibrations begin, with severities 2 and 300. All that follows is 0.5: no change, and temperature stays.
 */
const CSHARP_DRAWS = [0.5, 0.5, 0.72, 0.8, 0.05, 0.5, 0.01, 0.5, 0.72];
const NODE_DRAWS = [0.5, 0.5, 0.72, 0.8, 0.72, 0.05, 0.5, 0.01, 0.5];
const DRAFT_DRAWS = [0.5, 0.5, 0.8, 0.005, 0.5, 0.005, 0.5];

// Second tick: 3 sin 2 = 2.727892. Third: 3 sin 4 + 2 sin 1.5 sin 20 + 2/300 sin 2 = -0.443029. In the draft, with ticks
// of 3 s: 3 sin 3 = 0.423360, and 3 sin 6 + 2 sin 2.25 sin 30 + 3/300 sin 3 = -2.374358.
describe("golden bodies of three ticks", () => {
  test.each([
    {
      dialect: "module",
      draws: CSHARP_DRAWS,
      bodies: [
        '{"vibration":0}',
        '{"vibration":0,"packages":0,"speed":"stopped","temp":60.22}',
        '{"vibration":2.73}',
        '{"vibration":2.73,"packages":2,"speed":"slow","temp":60.44}',
        '{"vibration":-0.44}',
        '{"vibration":-0.44,"packages":4,"speed":"slow","temp":60.44}',
      ],
    },
    {
      dialect: "learn-csharp",
      draws: CSHARP_DRAWS,
      bodies: [
        '{"vibration":0.0}',
        '{"vibration":0.0,"packages":0,"speed":"stopped","temp":60.22}',
        '{"vibration":2.73}',
        '{"vibration":2.73,"packages":2,"speed":"slow","temp":60.44}',
        '{"vibration":-0.44}',
        '{"vibration":-0.44,"packages":4,"speed":"slow","temp":60.44}',
      ],
    },
    {
      dialect: "az220",
      draws: CSHARP_DRAWS,
      bodies: [
        '{"vibration":0.0}',
        '{"vibration":0.0,"packages":0,"speed":"stopped","temp":60.22}',
        '{"vibration":2.727892280477045}',
        '{"vibration":2.73,"packages":2,"speed":"slow","temp":60.44}',
        '{"vibration":-0.4430288817886997}',
        '{"vibration":-0.44,"packages":4,"speed":"slow","temp":60.44}',
      ],
    },
    {
      dialect: "learn-js",
      draws: NODE_DRAWS,
      bodies: [
        '{"vibration":"0.00"}',
        '{"vibration":"0.00","packages":0,"speed":"stopped","temp":"60.22"}',
        '{"vibration":"2.73"}',
        '{"vibration":"2.73","packages":2,"speed":"slow","temp":"60.44"}',
        '{"vibration":"-0.44"}',
        '{"vibration":"-0.44","packages":4,"speed":"slow","temp":"60.44"}',
      ],
    },
    {
      dialect: "draft",
      draws: DRAFT_DRAWS,
      bodies: [
        '{"vibration":0.0,"packages":0,"speed":"stopped"}',
        '{"vibration":0.42336,"packages":3,"speed":"slow"}',
        '{"vibration":-2.37436,"packages":6,"speed":"slow"}',
      ],
    },
  ])("$dialect", ({ dialect, draws, bodies }) => {
    expect(scriptedBelt(draws, { dialect }).bodies(3)).toEqual(bodies);
  });

  test("a whole temperature is 61.0 from C#, 61.00 from Node.js, and 61 by default", () => {
    const temps = (["learn-csharp", "learn-js", "module"] as const).map(
      (dialect) =>
        // The third draw is the temperature's in both orders.
        scriptedBelt([0.5, 0.5, 1.5], { dialect }).bodies(1)[1],
    );
    expect(temps).toEqual([
      '{"vibration":0.0,"packages":0,"speed":"stopped","temp":61.0}',
      '{"vibration":"0.00","packages":0,"speed":"stopped","temp":"61.00"}',
      '{"vibration":0,"packages":0,"speed":"stopped","temp":61}',
    ]);
  });
});

describe("application properties", () => {
  test.each([
    ["module", ["VSTel", "VSLog"]],
    ["learn-csharp", ["VSTel", "VSLog"]],
    ["az220", ["VSTel", "VSLog"]],
    ["learn-js", ["VibrationSensorID", "VibrationSensorID"]],
    ["draft", ["VS1"]],
  ])("%s: sensorID %j, and an alert that is always there", (dialect, sensorIDs) => {
    expect(beltOf({ dialect }).run(1)).toEqual(
      sensorIDs.map((sensorID) => ({
        body: expect.any(String),
        properties: { sensorID, beltAlert: "false" },
      })),
    );
  });

  test.each(DIALECTS)("%s: the alert comes with more than 5 s of standing", (dialect) => {
    const belt = scriptedBelt([0.5], { dialect });
    const alerts = belt.run(4).map(({ properties }) => properties["beltAlert"]);
    const perTick = dialect === "draft" ? alerts : alerts.filter((_, index) => index % 2 === 0);
    expect(perTick).toEqual(
      dialect === "draft" ? ["false", "true", "true", "true"] : ["false", "false", "true", "true"],
    );
  });

  test("false after 2 and 4 s of standing, true after 6 s, false with the first moving tick", () => {
    const temp = 0.5;
    const belt = scriptedBelt([0.5, 0.5, temp, 0.5, temp, 0.5, temp, 0.8]);
    const alerts = belt.run(4, 2).map(({ properties }) => properties["beltAlert"]);
    expect(alerts).toEqual(["false", "false", "false", "false", "true", "true", "false", "false"]);
  });
});

describe("settings in place of the dialect's", () => {
  test("texts from a C# program, numbers from Node.js", () => {
    expect(scriptedBelt(CSHARP_DRAWS, { encoding: "strings" }).bodies(2).slice(2)).toEqual([
      '{"vibration":"2.73"}',
      '{"vibration":"2.73","packages":2,"speed":"slow","temp":"60.44"}',
    ]);
    const numbers = { dialect: "learn-js", encoding: "numbers" };
    expect(scriptedBelt(NODE_DRAWS, numbers).bodies(2).slice(2)).toEqual([
      '{"vibration":2.73}',
      '{"vibration":2.73,"packages":2,"speed":"slow","temp":60.44}',
    ]);
  });

  test("the encoding that a dialect has already changes nothing", () => {
    for (const [dialect, encoding] of [
      ["az220", "numbers"],
      ["learn-csharp", "numbers"],
      ["learn-js", "strings"],
      ["draft", "numbers"],
    ] as const) {
      expect(beltOf({ dialect, encoding }).bodies(20)).toEqual(beltOf({ dialect }).bodies(20));
    }
  });

  test("a content type, and sensor ids", () => {
    const [telemetry, log] = beltOf({
      contentType: "json",
      telemetrySensorID: "VSTel7",
      logSensorID: "VSLog7",
    }).run(1);
    expect(telemetry).toMatchObject({
      contentType: "application/json",
      contentEncoding: "utf-8",
      properties: { sensorID: "VSTel7" },
    });
    expect(log).toMatchObject({
      contentType: "application/json",
      contentEncoding: "utf-8",
      properties: { sensorID: "VSLog7" },
    });
  });
});

test("the interval and the twin of a program without one change nothing", () => {
  for (const dialect of ["learn-csharp", "learn-js", "az220", "draft"]) {
    const belt = beltOf({ dialect });
    expect(
      belt.device.desired({ desiredSpeed: "fast", telemetryInterval: 1 }, INITIAL),
    ).toBeUndefined();
    expect(belt.device.intervalS).toBeUndefined();
    expect(belt.device.methods).toEqual({});
    expect(belt.bodies(50, 7)).toEqual(beltOf({ dialect }).bodies(50, 2));
    expect(belt.reports).toEqual([]);
  }
});
