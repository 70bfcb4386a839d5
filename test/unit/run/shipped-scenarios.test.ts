import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { valueFiles } from "../../../src/plan/entry-values.ts";
import { makePlan } from "../../../src/plan/make-plan.ts";
import { variedSettingsProblems } from "../../../src/run/device-settings.ts";
import { settleModels } from "../../../src/run/fleet-models.ts";
import { readValueTables } from "../../../src/run/value-tables.ts";
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
    const settled = await settleModels(scenario, { dir: FOLDER, cwd: FOLDER });
    expect(settled.problems).toEqual([]);
    const { models } = settled;
    expect(models.size).toBeGreaterThan(0);
    const defaults = settled.scenario.fleet.map(({ model }) => models.get(model)?.defaults);
    const tables = await readValueTables(valueFiles(scenario, defaults), file, FOLDER);
    const plan = makePlan(settled.scenario, { seed: 1, defaults, tables });
    expect(await variedSettingsProblems(plan, settled, FOLDER)).toEqual([]);
  },
);
