import { expect, test } from "vitest";
import { checkSettings } from "../../../src/model/check-settings.ts";
import type { DeviceModel } from "../../../src/model/model.ts";
import { model as cave } from "../../../devices/cheese-cave/index.ts";

const modelWith = (more: Partial<DeviceModel>): DeviceModel => ({ ...cave, ...more });

test("what a model finds wrong is told as it says it", async () => {
  const model = modelWith({ checkSettings: (raw) => Object.keys(raw).map((key) => `${key}: no`) });
  expect(await checkSettings(model, { a: 1, b: 2 }, "/")).toEqual(["a: no", "b: no"]);
  expect(await checkSettings(model, {}, "/")).toEqual([]);
});

test("files are read only where the settings are good, and what is wrong with them is told", async () => {
  const model = modelWith({
    checkSettings: (raw, file) => (raw["bad"] === true ? ["bad: no"] : file ? [file("x")] : []),
    files: () => ["absent.csv"],
  });
  expect(await checkSettings(model, { bad: true }, "/")).toEqual(["bad: no"]);
  expect(await checkSettings(model, {}, "/")).toEqual([
    expect.stringMatching(/^absent\.csv: expected a file that a model's settings name, got: /),
  ]);
});

test.for<readonly [what: string, more: Partial<DeviceModel>, told: RegExp]>([
  [
    "checkSettings throws",
    {
      checkSettings: () => {
        throw new TypeError("no such table");
      },
    },
    /^checkSettings of this model threw TypeError: no such table \(.*check-settings\.test\.ts:\d+\)$/,
  ],
  [
    "files throws",
    {
      files: () => {
        throw new Error("which?");
      },
    },
    /^files of this model threw Error: which\? \(.*check-settings\.test\.ts:\d+\)$/,
  ],
])("a model whose %s is told as its own fault", async ([, more, told]) => {
  expect(await checkSettings(modelWith(more), {}, "/")).toEqual([expect.stringMatching(told)]);
});

test.for<readonly [got: string, returned: unknown]>([
  ["nothing", undefined],
  ["a text", "bad"],
  ["a list", [1]],
  ["a promise (is the function async?)", Promise.resolve([])],
])("a checkSettings that gives %s is told as the model's fault", async ([got, returned]) => {
  const model = modelWith({});
  Object.assign(model, { checkSettings: () => returned });
  expect(await checkSettings(model, {}, "/")).toEqual([
    `checkSettings of this model: expected a list of texts, [] for good, got ${got}`,
  ]);
});
