import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { parsedBy } from "../../../support/dtdl.ts";
import { call, caveIn, INITIAL, PUSHED } from "./caves.ts";

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

test("a cave that speaks it uses every member of the interface, and nothing else", async () => {
  const { contents } = await parsedBy(await read("v2"));
  const device = caveIn("pnp", { draw: () => 0.001 });
  const answers = [
    device.device.desired({}, INITIAL),
    call(device, "SetFanState", "on")?.reported,
    device.device.desired(
      { desiredTemperature: 66, desiredHumidity: 95, telemetryInterval: 1 },
      { ...PUSHED, version: 2 },
    ),
    device.device.desired(
      { desiredTemperature: 666, desiredHumidity: 955, telemetryInterval: 0 },
      { ...PUSHED, version: 3 },
    ),
    device.device.desired(
      { desiredTemperature: 50, desiredHumidity: 85, telemetryInterval: null },
      { ...PUSHED, version: 4 },
    ),
  ];
  const bodies = device.bodies(300);
  call(device, "RepairFan");
  const reported = Object.assign({}, ...answers, ...device.reports);
  const acknowledged = Object.keys(reported).filter((name) => Object.hasOwn(reported[name], "ac"));
  const plain = Object.keys(reported).filter((name) => !acknowledged.includes(name));
  expect({
    interfaces: [device.device.modelId],
    telemetry: [...new Set(bodies.flatMap((body) => Object.keys(JSON.parse(body))))].toSorted(),
    writableProperties: acknowledged.toSorted(),
    readOnlyProperties: plain.toSorted(),
    commands: Object.keys(device.device.methods).toSorted(),
  }).toEqual(contents);
});
