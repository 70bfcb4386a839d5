import { expect, test } from "vitest";
import type { DeviceModel, JsonObject } from "../../../src/model/model.ts";
import { settingsProblems } from "../../../src/run/device-settings.ts";

/** A model that takes warmth up to 24 alone, and counts how often it is asked. */
function countingModel(): { readonly model: DeviceModel; readonly asked: () => number } {
  let asked = 0;
  const model: DeviceModel = {
    name: "counting",
    defaults: {},
    checkSettings: ({ warmth, ...rest }) => {
      asked += 1;
      return [
        ...(typeof warmth === "number" && warmth <= 24
          ? []
          : [`warmth: expected a number up to 24, got ${JSON.stringify(warmth)}`]),
        ...Object.keys(rest).map((name) => `${name}: there is no such setting`),
      ];
    },
    create: () => {
      throw new Error("no device is made here");
    },
  };
  return { model, asked: () => asked };
}

const devices = (...settings: readonly JsonObject[]) =>
  settings.map((own, at) => ({ registrationId: `d${at + 1}`, settings: own }));

test("equal settings are judged once", async () => {
  const { model, asked } = countingModel();
  const given = devices({ warmth: 1 }, { warmth: 2 }, { warmth: 1 }, { warmth: 2 });
  expect(await settingsProblems(model, given, "/")).toEqual([]);
  expect(asked()).toBe(2);
});

test("a cause is told once, with the first device that has it and how many more do", async () => {
  const { model } = countingModel();
  const given = devices({ warmth: 1 }, { warmth: 25 }, { warmth: 26 }, { warmth: 25 });
  expect(await settingsProblems(model, given, "/")).toEqual([
    'warmth: expected a number up to 24, got 25 ("d2" and 2 more)',
  ]);
  expect(await settingsProblems(model, given.slice(0, 2), "/")).toEqual([
    'warmth: expected a number up to 24, got 25 ("d2")',
  ]);
});

test("what is wrong with all alike is told as the model has it", async () => {
  const { model } = countingModel();
  const given = devices({ warmth: 1, size: 3 }, { warmth: 2, size: 4 });
  expect(await settingsProblems(model, given, "/")).toEqual(["size: there is no such setting"]);
});
