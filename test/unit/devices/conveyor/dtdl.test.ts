import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { parsedBy } from "../../../support/dtdl.ts";

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
