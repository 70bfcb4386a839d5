import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findModel, shippedModels } from "../../../src/model/find-model.ts";
import { temporaryDir } from "../../support/pki.ts";

const folder = temporaryDir();
const dir = folder.path;
const at = (...names: readonly string[]): string => join(dir, ...names);

async function packageAt(name: string, manifest: object, file: string): Promise<void> {
  const path = at("node_modules", name);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, "package.json"), JSON.stringify({ name, ...manifest }));
  await writeFile(join(path, file), "export const model = {};");
}

beforeAll(async () => {
  for (const name of ["mine.mjs", "mine.test.mjs", "gauge.ts", "cheese-cave.mjs"])
    await writeFile(at(name), "");
  for (const name of ["own", "entered", "empty"]) await mkdir(at(name));
  await writeFile(at("own", "own.mjs"), "");
  await writeFile(at("entered", "index.js"), "");
  await packageAt(
    "gauges",
    { exports: { ".": { import: "./m.js" }, "./old": "./old.ts" } },
    "m.js",
  );
  await writeFile(at("node_modules/gauges/old.ts"), "");
  await packageAt("@me/belt", { main: "lib.cjs" }, "lib.cjs");
});
afterAll(() => folder[Symbol.dispose]());

test("a shipped model goes by its name, whatever stands beside the scenario", async () => {
  expect(await shippedModels()).toContain("cheese-cave");
  expect(await findModel("cheese-cave", dir)).toBe("cheese-cave");
});

test.for<readonly [name: string, path: string]>([
  ["./mine.mjs", at("mine.mjs")],
  ["mine.mjs", at("mine.mjs")],
  ["own/own.mjs", at("own/own.mjs")],
  ["./own/../gauge.ts", at("gauge.ts")],
  [at("mine.mjs"), at("mine.mjs")],
  ["./entered", at("entered/index.js")],
  ["gauges", at("node_modules/gauges/m.js")],
  ["gauges/old", at("node_modules/gauges/old.ts")],
  ["@me/belt", at("node_modules/@me/belt/lib.cjs")],
])("%s is the module at %s", async ([name, path]) => {
  expect(await findModel(name, dir)).toBe(path);
});

test("a package is looked for above the scenario's folder too", async () => {
  expect(await findModel("gauges", at("own"))).toBe(at("node_modules/gauges/m.js"));
});

describe("what cannot be found is told with what is near", () => {
  test.for<readonly [name: string, message: string, hint: string]>([
    ["cheese-cav", 'there is no device model "cheese-cav"', "did you mean cheese-cave? shipped"],
    ["mine", 'there is no device model "mine"', "did you mean ./mine.mjs? shipped"],
    ["own", 'there is no device model "own"', "did you mean ./own/own.mjs? shipped"],
    ["@me/gone", 'there is no device model "@me/gone"', "shipped models: "],
    ["", 'there is no device model ""', "shipped models: "],
    ["fs", 'there is no device model "fs"', "shipped models: "],
    ["node:fs", 'there is no device model "node:fs"', "shipped models: "],
    ["shared", 'there is no device model "shared"', "shipped models: "],
    ["constructor", 'there is no device model "constructor"', "shipped models: "],
    ["./mime.mjs", "device model ./mime.mjs: there is no such file", "did you mean mine.mjs?"],
    ["gauge.mts", "device model gauge.mts: there is no such file", "did you mean gauge.ts?"],
    [
      "./something-else.js",
      "device model ./something-else.js: there is no such file",
      "modules in that folder: cheese-cave.mjs, gauge.ts, mine.mjs",
    ],
    ["./nowhere/mine.mjs", "device model ./nowhere/mine.mjs: there is no such file", "undefined"],
    ["./own", "device model ./own: it is a folder", "name the module in it: own/own.mjs"],
    ["./empty", "device model ./empty: it is a folder", "undefined"],
  ])("%s", async ([name, message, hint]) => {
    const error: unknown = await findModel(name, dir).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "SCENARIO_INVALID",
      message: expect.stringContaining(message),
    });
    expect(String(Reflect.get(Object(error), "hint"))).toContain(hint);
  });
});
