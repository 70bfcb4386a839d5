import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { parsedBy } from "../../../support/dtdl.ts";
import { beltOf, INITIAL } from "./belts.ts";

const DTDL = new URL("../../../../devices/conveyor/", import.meta.url);
const read = (version: string): Promise<string> =>
  readFile(new URL(`conveyor.${version}.json`, DTDL), "utf8");

const withoutContext = async (version: string): Promise<unknown> =>
  JSON.parse((await read(version)).replace(/"@context": (?:"[^"]+"|\[[^\]]+\]),/, ""));

describe.each(["v2", "v3"])("the interface in DTDL %s", (version) => {
  test("is valid, and says what the belt has", async () => {
    expect(await parsedBy(await read(version))).toEqual({
      refusals: { microsoft: [], digicatapult: [] },
      contents: {
        interfaces: ["dtmi:com:example:iotfarm:ConveyorBelt;1"],
        telemetry: [
          "crestFactor",
          "packages",
          "speed",
          "temp",
          "velocityRms",
          "vibration",
          "vibrationPeak",
          "vibrationRms",
        ],
        writableProperties: ["desiredSpeed", "stopAlertAfter", "telemetryInterval"],
        readOnlyProperties: ["faults", "firmwareVersion", "naturalFrequency"],
        commands: ["ClearFaults", "SetSpeed"],
      },
    });
  });

  test.each([
    ["a name twice", '"name": "packages"', '"name": "vibration"', "more than one element"],
    ["a unit of something else", '"unit": "hertz"', '"unit": "metre"', "FrequencyUnit"],
    ["a name that begins with a digit", '"name": "packages"', '"name": "1packages"', "1packages"],
    ["a writable that is a text", '"writable": true', '"writable": "true"', "boolean"],
    ["a context that nobody knows", "dtmi:dtdl:context;", "dtmi:dtdl:unknown;", "@context"],
  ])("would be refused with %s", async (_what, from, to, told) => {
    const broken = (await read(version)).replace(from, to);
    const { refusals } = await parsedBy(broken);
    expect(refusals.microsoft.join("\n")).toContain(told);
    expect(refusals.digicatapult.join("\n")).toContain(told);
  });
});

test("both versions say the same but for the language", async () => {
  expect(await withoutContext("v3")).toEqual(await withoutContext("v2"));
});

const QUIET = { signal: "physical", brokenWheelEvery: 0, resonanceEvery: 0 } as const;

describe("what a Plug and Play belt uses", () => {
  const features = ["crestFactor", "velocityRms", "vibrationPeak", "vibrationRms"];
  test.each([
    ["classic", { signal: "classic" }, features],
    ["physical", { ...QUIET }, features],
    ["physical with features", { ...QUIET, features: true }, []],
    ["industrial", { ...QUIET, preset: "industrial", features: true }, []],
  ])("is in its interface: %s", async (_, settings, unsent) => {
    const { contents } = await parsedBy(await read("v2"));
    const belt = beltOf({ dialect: "pnp", ...settings });
    const answered = belt.device.desired({}, INITIAL) ?? {};
    const [message] = belt.run(1, 2);
    const telemetry = Object.keys(JSON.parse(message?.body ?? "")).toSorted();
    const reported = Object.keys(Object.assign({}, answered, ...belt.reports)).toSorted();
    expect(contents.interfaces).toEqual([belt.device.modelId]);
    expect(Object.keys(belt.device.methods).toSorted()).toEqual(contents.commands);
    expect(reported).toEqual(
      [...contents.writableProperties, ...contents.readOnlyProperties].toSorted(),
    );
    expect(telemetry.filter((name) => !contents.telemetry.includes(name))).toEqual([]);
    // What only features have is all that a belt without them leaves out.
    expect(contents.telemetry.filter((name) => !telemetry.includes(name))).toEqual(unsent);
  });
});
