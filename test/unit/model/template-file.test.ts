import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkSettings } from "../../../src/model/check-settings.ts";
import { findModel } from "../../../src/model/find-model.ts";
import { loadModel } from "../../../src/model/load-model.ts";
import { readModelFiles } from "../../../src/model/model-files.ts";
import { temporaryDir } from "../../support/pki.ts";
import { deviceOf } from "../../support/model-device.ts";

const folder = temporaryDir();
const dir = folder.path;
const write = (name: string, text: string): Promise<void> => writeFile(join(dir, name), text);

beforeAll(async () => {
  await write("meter.yaml", "fields:\n  power: { replay: { file: day.csv, column: watts } }\n");
  await write("gauge.json", '{ "fields": { "level": 7 }, "contentType": "none" }');
  await write("day.csv", "watts\n5\n6\n");
});
afterAll(() => folder[Symbol.dispose]());

describe("a device that a file describes", () => {
  test("is found by its path, and by its name it is suggested", async () => {
    for (const name of ["./gauge.json", "gauge.json"]) {
      expect(await findModel(name, dir)).toBe(join(dir, "gauge.json"));
    }
    await expect(findModel("meter", dir)).rejects.toMatchObject({
      hint: expect.stringContaining("did you mean ./meter.yaml?"),
    });
    await expect(findModel("./metre.yaml", dir)).rejects.toMatchObject({
      message: "device model ./metre.yaml: there is no such file or folder",
      hint: "did you mean meter.yaml?",
    });
  });

  test("has the file's settings as its own, and a scenario's in their place", async () => {
    const model = await loadModel(join(dir, "gauge.json"));
    expect(model.name).toBe("gauge");
    expect(model.checkSettings({})).toEqual([]);
    expect(deviceOf(model).run(1)).toEqual([{ body: '{"level":7}', properties: {} }]);
    const settings = { fields: { level: 8 } };
    expect(deviceOf(model, { settings }).bodies(1)).toEqual(['{"level":8}']);
    expect(model.checkSettings({ fieldz: {} })).toEqual([
      "fieldz: there is no such setting; did you mean fields?",
    ]);
  });

  test("replays files beside it, wherever the scenario is", async () => {
    const model = await loadModel(join(dir, "meter.yaml"));
    expect(await checkSettings(model, {}, "/elsewhere")).toEqual([]);
    const name = join(dir, "day.csv");
    const text = (await readModelFiles([{ model, settings: {} }], "/elsewhere"))(name);
    expect(deviceOf(model, { files: { [name]: text } }).bodies(2)).toEqual([
      '{"power":5}',
      '{"power":6}',
    ]);
  });
});

/** Problems of a file as they are told: place, then what is wrong. */
async function told(text: string): Promise<readonly string[]> {
  await write("bad.yaml", text);
  const problems: unknown = await loadModel(join(dir, "bad.yaml"), "./bad.yaml").then(
    () => [],
    (error: unknown) => Reflect.get(Object(error), "problems"),
  );
  return Array.isArray(problems)
    ? problems.map(({ place, message }) => `${place} | ${message}`)
    : [];
}

test.each([
  [
    "fields:\n  t:\n    sine: { perod: 60 }\npropertys: {}\n",
    [
      "./bad.yaml:3:5 fields.t.sine.period | expected a number above 0, got nothing",
      "./bad.yaml:3:13 fields.t.sine.perod | there is no such setting; did you mean period?",
      "./bad.yaml:4:1 propertys | there is no such setting; did you mean properties?",
    ],
  ],
  [
    "fields: { p: { replay: { file: day.csv, column: watt } } }",
    [
      './bad.yaml:1:16 fields.p.replay | day.csv: "watt": there is no such column; did you mean watts?',
    ],
  ],
  ["- fields", ["./bad.yaml | expected the settings of a device, such as fields, got a list"]],
  ["fields: { a: .nan }", ["./bad.yaml | a: expected a number that JSON has"]],
  [
    "fields: &a { b: *a }",
    ["./bad.yaml | expected settings, got an alias that leads back to itself"],
  ],
])("%j is refused, each problem at its line", async (text, problems) => {
  expect(await told(text)).toEqual(problems);
});

test("a file that is no YAML, or replays one that is not there, is refused too", async () => {
  expect(await told("fields: {")).toEqual([
    expect.stringMatching(/^\.\/bad\.yaml:1:\d+ \| not YAML/),
  ]);
  expect(await told("fields: { p: { replay: { file: no.csv, column: a } } }")).toEqual([
    expect.stringContaining("no.csv | expected a file that a model's settings name"),
  ]);
});
