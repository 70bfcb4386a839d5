import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadModel, shippedModels } from "../../../src/model/load-model.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "load-model-"));
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe("a shipped model", () => {
  test("is found by its name", async () => {
    expect(await shippedModels()).toContain("cheese-cave");
    expect((await loadModel("cheese-cave")).name).toBe("cheese-cave");
  });

  test("that does not exist is refused with the ones that do", async () => {
    await expect(loadModel("cheese-cav")).rejects.toMatchObject({
      code: "SCENARIO_INVALID",
      message: 'there is no device model "cheese-cav"',
      hint: expect.stringMatching(/did you mean cheese-cave\? shipped models: .*cheese-cave/),
    });
  });

  test.each(["shared", "", "constructor"])("%j is no model", async (name) => {
    await expect(loadModel(name)).rejects.toMatchObject({ code: "SCENARIO_INVALID" });
  });
});

describe("a model of one's own", () => {
  test("is loaded from its module", async () => {
    await writeFile(
      join(directory, "mine.mjs"),
      `export const model = { name: "mine", defaults: {}, checkSettings: () => [],
        create: () => ({ step: () => [], desired: () => undefined, methods: {}, snapshot: () => null, restore: () => {} }) };`,
    );
    expect((await loadModel("./mine.mjs", directory)).name).toBe("mine");
  });

  test("without the right export is refused", async () => {
    await writeFile(join(directory, "wrong.mjs"), "export const model = { name: 'wrong' };");
    await expect(loadModel("./wrong.mjs", directory)).rejects.toMatchObject({
      code: "SCENARIO_INVALID",
      message: "./wrong.mjs is not a device model",
    });
  });

  test("that is not there or does not run is refused with the reason", async () => {
    await expect(loadModel("./absent.mjs", directory)).rejects.toMatchObject({
      code: "SCENARIO_INVALID",
      message: expect.stringContaining("./absent.mjs: cannot load"),
    });
  });

  test("in TypeScript is refused with the mend", async () => {
    await expect(loadModel("./mine.ts", directory)).rejects.toMatchObject({
      code: "SCENARIO_INVALID",
      hint: "compile it first and name the .js or .mjs file",
    });
  });
});
