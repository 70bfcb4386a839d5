import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makePlan } from "../../../src/plan/make-plan.ts";
import { checkDevices, settleModels } from "../../../src/run/fleet-models.ts";
import { parseScenario } from "../../../src/scenario/scenario.ts";
import type { Scenario } from "../../../src/scenario/scenario.ts";
import { temporaryDir } from "../../support/pki.ts";

const folder = temporaryDir();
const dir = join(folder.path, "scenarios");
const mine = join(dir, "mine.mjs");

async function writeModel(path: string, create: string): Promise<void> {
  const text = `export const model = { name: "mine", defaults: {}, checkSettings: (raw) =>
    Object.keys(raw).filter((key) => key !== "mine").map((key) => key + ": no such setting"),
    create: () => ${create} };`;
  await writeFile(path, text);
}

beforeAll(async () => {
  await mkdir(dir);
  await writeModel(
    mine,
    "({ step: () => [], desired() {}, methods: {}, snapshot: () => 1, restore() {} })",
  );
});
afterAll(() => folder[Symbol.dispose]());

function scenarioOf(...entries: readonly { model: string; settings?: object }[]): Scenario {
  const fleet = entries.map((entry, index) => ({
    count: 1,
    registrationId: `device-${index}`,
    ...entry,
  }));
  const text = JSON.stringify({ name: "test", provisioning: { group: "g" }, fleet });
  return parseScenario(text, "test.yaml");
}

const names = { dir, cwd: folder.path };
const where = { source: "test.yaml", dir };

test("workers get the names of shipped models, and absolute paths of all others", async () => {
  const { scenario, models, warnings } = await settleModels(
    scenarioOf({ model: "cheese-cave" }, { model: "./mine.mjs", settings: { mine: 1 } }),
    names,
  );
  expect(scenario.fleet.map(({ model }) => model)).toEqual(["cheese-cave", mine]);
  expect([...models.keys()]).toEqual(["cheese-cave", mine]);
  expect(warnings).toEqual([]);
});

test("a given model is that of every entry, from the folder of the command, and takes its own settings alone", async () => {
  const { scenario, warnings } = await settleModels(
    scenarioOf(
      { model: "cheese-cave", settings: { signal: "classic" } },
      { model: "./mine.mjs", settings: { mine: 1 } },
      { model: "./gone.mjs", settings: { a: 1 } },
      { model: "cheese-cave" },
    ),
    { ...names, given: "./scenarios/mine.mjs" },
  );
  expect(scenario.fleet.map(({ model }) => model)).toEqual([mine, mine, mine, mine]);
  expect(scenario.fleet.map(({ settings }) => settings)).toEqual([{}, { mine: 1 }, {}, {}]);
  expect(warnings).toEqual([
    {
      place: "--model",
      message: "the settings of fleet[0], fleet[2] are not used: they are for another model",
    },
  ]);
});

test("what is wrong with the models and settings of all entries is told at once", async () => {
  const scenario = scenarioOf(
    { model: "cheese-cav" },
    { model: "./mine.mjs", settings: { a: 1, b: 2 } },
    { model: "./gone.mjs" },
  );
  const { problems } = await settleModels(scenario, names);
  expect(problems).toEqual([
    expect.objectContaining({ place: "fleet[0].model" }),
    { place: "fleet[1].settings", message: "a: no such setting" },
    { place: "fleet[1].settings", message: "b: no such setting" },
    expect.objectContaining({ place: "fleet[2].model" }),
  ]);
});

test("a given model that is none is told at its flag, once", async () => {
  const scenario = scenarioOf({ model: "cheese-cave" }, { model: "cheese-cave" });
  await writeFile(join(dir, "half.mjs"), "export const model = { name: 'half', defaults: {} };");
  const given = { ...names, given: "./scenarios/half.mjs" };
  await expect(settleModels(scenario, given)).rejects.toMatchObject({
    code: "USAGE",
    problems: [
      "./scenarios/half.mjs is not a device model",
      "model.checkSettings: expected a function that gives the problems of settings, got nothing",
      "model.create: expected a function that makes a device, got nothing",
    ].map((message) => expect.objectContaining({ place: "--model", message })),
  });
});

test.for<readonly [file: string, create: string, told: readonly string[]]>([
  [
    "halfDevice.mjs",
    "({ step: () => [], methods: { Go: 1 }, snapshot: 1, modelId: 2 })",
    ["device.desired", "device.snapshot", "device.restore", "device.modelId", "device.methods.Go"],
  ],
  ["noDevice.mjs", "undefined", ["device"]],
  ["lateDevice.mjs", "Promise.reject(new Error('nobody waits for this'))", ["device"]],
])(
  "the device that %s makes is looked at before anything is sent",
  async ([file, create, told]) => {
    const path = join(dir, file);
    await writeModel(path, create);
    const { scenario, models } = await settleModels(scenarioOf({ model: `./${file}` }), names);
    const plan = makePlan(scenario, { seed: 1 });
    await expect(checkDevices(plan, models, where)).rejects.toMatchObject({
      problems: told.map((place) => expect.objectContaining({ place: `model ${path} ${place}` })),
    });
  },
);

test("a model that throws while it makes a device is told with file and line", async () => {
  const path = join(dir, "throwing.mjs");
  await writeModel(path, "{ throw new RangeError('too big'); }");
  const { scenario, models } = await settleModels(scenarioOf({ model: path }), names);
  const plan = makePlan(scenario, { seed: 1 });
  await expect(checkDevices(plan, models, where)).rejects.toMatchObject({
    problems: [
      {
        place: `model ${path}`,
        message: expect.stringMatching(/^create threw RangeError: too big \(.*throwing\.mjs:3\)$/),
      },
    ],
  });
});

test("shipped models make devices that are complete", async () => {
  const { scenario, models } = await settleModels(scenarioOf({ model: "cheese-cave" }), names);
  await expect(checkDevices(makePlan(scenario, { seed: 1 }), models, where)).resolves.toBe(
    undefined,
  );
});
