import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { shippedModels } from "../src/model/find-model.ts";
import { loadModel } from "../src/model/load-model.ts";
import { deviceProblems } from "../src/model/model-shape.ts";
import { parseScenario } from "../src/scenario/scenario.ts";
import { deviceOf } from "./support/model-device.ts";
import { temporaryDir } from "./support/pki.ts";

const page = readFileSync("docs/devices.md", "utf8");

/** What stands under a heading of the second level. */
const section = (title: string): string =>
  page.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? "";

/** The first block of a language under "Your own module". */
function block(language: string): string {
  const own = section("Your own module");
  const [, text = ""] = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "m").exec(own) ?? [];
  expect(text).not.toBe("");
  return text;
}

test("the model of the page is a whole one, and goes on where its snapshot was taken", async () => {
  using folder = temporaryDir();
  const path = join(folder.path, "thermometer.mjs");
  await writeFile(path, block("js"));
  const model = await loadModel(path);
  const first = deviceOf(model);
  expect(deviceProblems(first.device)).toEqual([]);
  first.run(3);
  const second = deviceOf(model, { seed: 2 });
  second.device.restore(first.device.snapshot());
  expect(second.bodies(3)).toEqual(first.bodies(3));
});

test("the scenario of the page is one, and its settings are those of the example", async () => {
  const { fleet } = parseScenario(block("yaml"), "barrels.yaml");
  const { defaults } = await loadModel(
    join(process.cwd(), "docs/examples/new-device/my-device.mjs"),
  );
  expect(Object.keys(defaults)).toEqual(
    expect.arrayContaining(Object.keys(fleet[0]?.settings ?? {})),
  );
});

const shipped = section("Shipped models");

test("the page names every shipped model with its faults, and every member of the contract", async () => {
  for (const name of await shippedModels()) {
    expect(page).toMatch(new RegExp(`^\\| \\[\`${name}\``, "m"));
    const { defaults, faults = {} } = await loadModel(name);
    for (const word of [...Object.keys(defaults), ...Object.keys(faults)])
      expect(shipped).toContain(`\`${word}\``);
  }
  const contract = readFileSync("src/model/model.ts", "utf8");
  const interfaces =
    /^export interface (?:ModelContext|ModelDevice|DeviceModel|Message|MethodResult|StepTime|DesiredContext|ModelFault|ActiveFault)\b[^]*?^}$/gm;
  const members = [...contract.matchAll(interfaces)].flatMap(([text]) =>
    [...text.matchAll(/^ {2}(?:readonly )?(\w+)\??[(:]/gm)].map(([, name]) => name),
  );
  expect(members).toContain("checkSettings");
  expect(members.filter((name) => !new RegExp(`\`[^\`]*\\b${name}\\b[^\`]*\``).test(page))).toEqual(
    [],
  );
});
