import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readModelFiles } from "../../../src/model/model-files.ts";
import type { JsonObject } from "../../../src/model/model.ts";
import { temporaryDir } from "../../support/pki.ts";

const model = {
  defaults: { table: "a.csv" },
  files: ({ table }: JsonObject): string[] => (typeof table === "string" ? [table] : []),
};

test("files that settings name are read once, relative to the folder, defaults too", async () => {
  using folder = temporaryDir();
  await writeFile(join(folder.path, "a.csv"), "of all");
  await writeFile(join(folder.path, "b.csv"), "of one");
  const uses = [{}, {}, { table: "b.csv" }, { table: null }].map((settings) => ({
    model,
    settings,
  }));
  const text = await readModelFiles(uses, folder.path);
  expect([text("a.csv"), text("b.csv")]).toEqual(["of all", "of one"]);
  expect(() => text("c.csv")).toThrow("c.csv is no file that the settings name");
});

test("every file that cannot be read is told", async () => {
  using folder = temporaryDir();
  const uses = [
    { model, settings: {} },
    { model, settings: { table: "." } },
  ];
  await expect(readModelFiles(uses, folder.path)).rejects.toMatchObject({
    code: "FILE_INVALID",
    problems: expect.arrayContaining([
      expect.objectContaining({ place: "a.csv" }),
      expect.objectContaining({ place: "." }),
    ]),
  });
});
