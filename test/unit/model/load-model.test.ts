import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { loadModel } from "../../../src/model/load-model.ts";
import { temporaryDir } from "../../support/pki.ts";

const folder = temporaryDir();
afterAll(() => folder[Symbol.dispose]());

const DEVICE = `{
  step: () => [], desired: () => undefined, methods: {}, snapshot: () => null, restore: () => {},
}`;
const MODEL = `{ name: "mine", defaults: {}, checkSettings: () => [], create: () => (${DEVICE}) }`;

async function written(name: string, text: string): Promise<string> {
  const path = join(folder.path, name);
  await writeFile(path, text);
  return path;
}

/** What is told of a module with that text. */
async function refusal(name: string, text: string): Promise<unknown> {
  const path = await written(name, text);
  return loadModel(path, `./${name}`).then(
    () => undefined,
    (error: unknown) => error,
  );
}

test("a shipped model is loaded by its name", async () => {
  expect((await loadModel("cheese-cave")).name).toBe("cheese-cave");
});

test.for<readonly [name: string, text: string]>([
  ["esm.mjs", `export const model = ${MODEL};`],
  ["common.cjs", `const model = ${MODEL};\nmodule.exports = { model };`],
  [
    "typed.ts",
    `import type { DeviceModel, ModelDevice } from "dps-fleet/model";
     import { NAME } from "./name.ts";
     const device: ModelDevice = ${DEVICE};
     enum Unit { Celsius = "C" }
     export const model: DeviceModel = {
       name: \`\${NAME}-\${Unit.Celsius}\`, defaults: {}, checkSettings: () => [], create: () => device,
     } satisfies DeviceModel;`,
  ],
  ["typed.mts", `export const model: object = ${MODEL};`],
])("%s is loaded", async ([name, text]) => {
  await written("name.ts", "export const NAME: string = 'mine';");
  const model = await loadModel(await written(name, text));
  expect(model.name).toMatch(/^mine/);
});

describe("what cannot be loaded is told with its place", () => {
  test("a mistake in it", async () => {
    const text = "export const a: number = 1;\nexport const model = {\n  a: 1\n  b: 2,\n};\n";
    expect(await refusal("bad.ts", text)).toMatchObject({
      code: "SCENARIO_INVALID",
      message: expect.stringMatching(
        /^device model \.\/bad\.ts: \/.*\/bad\.ts:4:3: Unexpected token, expected ","$/,
      ),
    });
  });

  test("a mistake in what it imports", async () => {
    await written("broken.ts", "export const x = (;\n");
    expect(
      await refusal("imports.ts", 'import { x } from "./broken.ts";\nexport const model = x;'),
    ).toMatchObject({
      message: expect.stringMatching(/broken\.ts:1:19: /),
    });
  });

  test.for(["throws.ts", "throws.mjs"])("an error of %s itself", async (name) => {
    expect(await refusal(name, "export const a = 1;\n\nundefinedThing.use();\n")).toMatchObject({
      message: expect.stringMatching(
        /^device model \.\/throws\.\w+: while it is loaded: ReferenceError: undefinedThing is not defined \(.*throws\.\w+:3\)$/,
      ),
    });
  });

  test("a module that is not there", async () => {
    expect(await refusal("lost.ts", 'import "./nowhere.ts";')).toMatchObject({
      message: expect.stringMatching(
        /^device model \.\/lost\.ts: while it is loaded: .*nowhere\.ts/,
      ),
    });
  });
});

describe("what is no model is told as what it is", () => {
  test.for<readonly [name: string, text: string, hint: string]>([
    ["nothing.mjs", "", "it exports nothing; write: export const model = { … }"],
    [
      "other.mjs",
      "export class Gauge {}\nexport const gauge = () => 1;",
      "it exports Gauge (a class), gauge (a function); write",
    ],
    ["default.mjs", `export default ${MODEL};`, "it exports default (an object); write"],
  ])("%s", async ([name, text, hint]) => {
    expect(await refusal(name, text)).toMatchObject({
      code: "SCENARIO_INVALID",
      message: `device model ./${name}: it has no export \`model\``,
      hint: expect.stringContaining(hint),
    });
  });

  test("every member that is missing or of a wrong type at once", async () => {
    const text = `export const model = {
      name: 3, defaults: [], files: "a.csv", faults: { stuck: { does: "" } },
      checkSettings: async () => [],
    };`;
    expect(await refusal("members.mjs", text)).toMatchObject({
      message: "./members.mjs is not a device model",
      problems: [
        { place: "model.name", message: "expected a text, got a number" },
        {
          place: "model.defaults",
          message: "expected a mapping of settings, {} for none, got a list",
        },
        { place: "model.create", message: "expected a function that makes a device, got nothing" },
        { place: "model.files", message: "expected a function that names files, got a text" },
        { place: "model.faults.stuck.does", message: "expected a sentence, got an empty text" },
        { place: "model.faults.stuck.check", message: expect.stringContaining("got nothing") },
      ],
    });
  });

  test.for<readonly [name: string, text: string, got: string]>([
    ["class.mjs", "export class model {}", "a class"],
    ["null.mjs", "export const model = null;", "nothing"],
    ["text.mjs", "export const model = 'cave';", "a text"],
  ])("%s", async ([name, text, got]) => {
    expect(await refusal(name, text)).toMatchObject({
      problems: [{ place: "model", message: `expected an object, got ${got}` }],
    });
  });
});
