import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { settleModels } from "../../../src/run/fleet-models.ts";
import { parseScenario } from "../../../src/scenario/scenario.ts";

const FOLDER = fileURLToPath(new URL("../../../scenarios/", import.meta.url));
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith(".yaml"));

test("there are scenarios to try", () => {
  expect(FILES).toEqual(expect.arrayContaining(["thirty-caves.yaml", "conveyor-line.yaml"]));
});

test.each(FILES)(
  "scenarios/%s is good, its models take their settings, and it has its name",
  async (file) => {
    const scenario = parseScenario(readFileSync(join(FOLDER, file), "utf8"), file);
    expect(`${scenario.name}.yaml`).toBe(file);
    const { models } = await settleModels(scenario, { source: file, dir: FOLDER, cwd: FOLDER });
    expect(models.size).toBeGreaterThan(0);
  },
);
