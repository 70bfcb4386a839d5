import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/model/model.ts";
import { parsedBy } from "../../support/dtdl.ts";
import { call, caveIn, INITIAL, PUSHED } from "./cheese-cave/caves.ts";
import { beltOf } from "./conveyor/belts.ts";

// Of all models in one file: parsers of DTDL take seconds to start.

const read = (model: string, version: string): Promise<string> =>
  readFile(new URL(`../../../devices/${model}/${model}.${version}.json`, import.meta.url), "utf8");

const withoutContext = async (model: string, version: string): Promise<unknown> =>
  JSON.parse((await read(model, version)).replace(/"@context": (?:"[^"]+"|\[[^\]]+\]),/, ""));

const CAVE = {
  interfaces: ["dtmi:com:example:iotfarm:CheeseCave;1"],
  telemetry: ["humidity", "temperature"],
  writableProperties: ["desiredHumidity", "desiredTemperature", "telemetryInterval"],
  readOnlyProperties: ["fanState", "firmwareVersion", "humidityLimit", "temperatureLimit"],
  commands: ["RepairFan", "SetFanState"],
};

const FEATURES = ["crestFactor", "velocityRms", "vibrationPeak", "vibrationRms"];
const BELT = {
  interfaces: ["dtmi:com:example:iotfarm:ConveyorBelt;1"],
  telemetry: ["packages", "speed", "temp", "vibration", ...FEATURES].toSorted(),
  writableProperties: ["desiredSpeed", "stopAlertAfter", "telemetryInterval"],
  readOnlyProperties: ["faults", "firmwareVersion", "naturalFrequency"],
  commands: ["ClearFaults", "SetSpeed"],
};

const DOCUMENTS = ["v2", "v3"].flatMap((version) => [
  {
    model: "cheese-cave",
    version,
    contents: CAVE,
    name: "humidity",
    unit: "percent",
    unitType: "Unitless",
  },
  {
    model: "conveyor",
    version,
    contents: BELT,
    name: "packages",
    unit: "hertz",
    unitType: "FrequencyUnit",
  },
]);

describe.each(DOCUMENTS)(
  "the interface of $model in DTDL $version",
  ({ model, version, contents, name, unit, unitType }) => {
    test("is valid, and says what the device has", async () => {
      expect(await parsedBy(await read(model, version))).toEqual({
        refusals: { microsoft: [], digicatapult: [] },
        contents,
      });
    });

    const other = contents.telemetry.find((each) => each !== name);
    test.each([
      ["a name twice", `"name": "${name}"`, `"name": "${other}"`, "more than one element"],
      ["a unit of something else", `"unit": "${unit}"`, '"unit": "metre"', unitType],
      ["a name that begins with a digit", `"name": "${name}"`, `"name": "1${name}"`, `1${name}`],
      ["a writable that is a text", '"writable": true', '"writable": "true"', "boolean"],
      ["a context that nobody knows", "dtmi:dtdl:context;", "dtmi:dtdl:unknown;", "@context"],
    ])("would be refused with %s", async (_what, from, to, told) => {
      const broken = (await read(model, version)).replace(from, to);
      const { refusals } = await parsedBy(broken);
      expect(refusals.microsoft.join("\n")).toContain(told);
      expect(refusals.digicatapult.join("\n")).toContain(told);
    });
  },
);

test.each(["cheese-cave", "conveyor"])(
  "both interfaces of %s say the same but for the language",
  async (model) => {
    expect(await withoutContext(model, "v3")).toEqual(await withoutContext(model, "v2"));
  },
);

/** What a device has used, by kind, in the words of the parsers: what it acknowledges is writable. */
function usedBy(
  { device }: Pick<ReturnType<typeof beltOf>, "device">,
  reports: readonly (JsonObject | undefined)[],
  bodies: readonly string[],
): typeof CAVE {
  const reported = Object.entries<unknown>(Object.assign({}, ...reports));
  const names = (acknowledged: boolean): string[] =>
    reported
      .filter(([, value]) => Object.hasOwn(Object(value), "ac") === acknowledged)
      .map(([name]) => name)
      .toSorted();
  return {
    interfaces: [device.modelId ?? ""],
    telemetry: [...new Set(bodies.flatMap((body) => Object.keys(JSON.parse(body))))].toSorted(),
    writableProperties: names(true),
    readOnlyProperties: names(false),
    commands: Object.keys(device.methods).toSorted(),
  };
}

const at = (version: number) => ({ ...PUSHED, version });

test("a Plug and Play cave uses every member of its interface, and nothing else", () => {
  const cave = caveIn("pnp", { draw: () => 0.001 });
  const answers = [
    cave.device.desired({}, INITIAL),
    call(cave, "SetFanState", "on")?.reported,
    cave.device.desired(
      { desiredTemperature: 66, desiredHumidity: 95, telemetryInterval: 1 },
      at(2),
    ),
    cave.device.desired(
      { desiredTemperature: 666, desiredHumidity: 955, telemetryInterval: 0 },
      at(3),
    ),
    cave.device.desired(
      { desiredTemperature: 50, desiredHumidity: 85, telemetryInterval: null },
      at(4),
    ),
  ];
  const bodies = cave.bodies(300);
  answers.push(call(cave, "RepairFan")?.reported);
  expect(usedBy(cave, [...answers, ...cave.reports], bodies)).toEqual(CAVE);
});

const QUIET = { signal: "physical", brokenWheelEvery: 0, resonanceEvery: 0 } as const;

test.each<[string, JsonObject, readonly string[]]>([
  ["classic", { signal: "classic" }, FEATURES],
  ["physical", { ...QUIET }, FEATURES],
  ["physical with features", { ...QUIET, features: true }, []],
  ["industrial with features", { ...QUIET, preset: "industrial", features: true }, []],
])(
  "a Plug and Play belt uses what its interface has, and nothing else: %s",
  (_, settings, unsent) => {
    const belt = beltOf({ dialect: "pnp", ...settings });
    const answers = [
      belt.device.desired({}, INITIAL),
      belt.device.methods["SetSpeed"]?.("fast").reported,
      belt.device.desired({ desiredSpeed: "slow", stopAlertAfter: 9, telemetryInterval: 2 }, at(2)),
      belt.device.desired({ desiredSpeed: 7, stopAlertAfter: -1, telemetryInterval: 0 }, at(3)),
      belt.device.desired({ desiredSpeed: null, stopAlertAfter: null }, at(4)),
    ];
    const bodies = belt.bodies(100, 2);
    answers.push(belt.device.methods["ClearFaults"]?.(null).reported);
    expect(usedBy(belt, [...answers, ...belt.reports], bodies)).toEqual({
      ...BELT,
      telemetry: BELT.telemetry.filter((name) => !unsent.includes(name)),
    });
  },
);
