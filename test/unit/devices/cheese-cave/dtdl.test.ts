import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { parsedBy } from "../../../support/dtdl.ts";

const DTDL = new URL("../../../../devices/cheese-cave/", import.meta.url);
const read = (version: string): Promise<string> =>
  readFile(new URL(`cheese-cave.${version}.json`, DTDL), "utf8");

const withoutContext = async (version: string): Promise<unknown> =>
  JSON.parse((await read(version)).replace(/"@context": (?:"[^"]+"|\[[^\]]+\]),/, ""));

describe.each(["v2", "v3"])("the interface in DTDL %s", (version) => {
  test("is valid, and says what the cave has", async () => {
    expect(await parsedBy(await read(version))).toEqual({
      refusals: { microsoft: [], digicatapult: [] },
      contents: {
        interfaces: ["dtmi:com:example:iotfarm:CheeseCave;1"],
        telemetry: ["humidity", "temperature"],
        writableProperties: ["desiredHumidity", "desiredTemperature", "telemetryInterval"],
        readOnlyProperties: ["fanState", "firmwareVersion", "humidityLimit", "temperatureLimit"],
        commands: ["RepairFan", "SetFanState"],
      },
    });
  });

  test.each([
    ["a name twice", '"name": "humidity"', '"name": "temperature"', "more than one element"],
    ["a unit of something else", '"unit": "percent"', '"unit": "metre"', "Unitless"],
    ["a name that begins with a digit", '"name": "humidity"', '"name": "1humidity"', "1humidity"],
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
