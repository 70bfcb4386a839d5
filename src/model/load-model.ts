import { FleetError } from "../base/errors.ts";
import { isJsonObject } from "../base/json.ts";
import { SHIPPED, shippedModels, TEMPLATE_FILE } from "./find-model.ts";
import { importModule } from "./import-module.ts";
import { isModel, kindOf, modelProblems } from "./model-shape.ts";
import type { DeviceModel } from "./model.ts";

/**
 * Loads a device model.
 *
 * @param place what `findModel` gave: the name of a shipped model, or the absolute path of a module, or
 *   of a YAML or JSON file with the settings of a device without code
 * @param name as the user wrote it, for messages
 * @throws {FleetError} `SCENARIO_INVALID` where the module does not load or what it exports is no model, with every
 *   member that is missing or of a wrong type
 */
export async function loadModel(place: string, name = place): Promise<DeviceModel> {
  const shipped = await shippedModels();
  if (TEMPLATE_FILE.test(place)) {
    // Most workers have no such file, and reading YAML costs each of them 40 ms of CPU.
    const { readTemplateFile } = await import("./template-file.ts");
    return readTemplateFile(place, name, await loadModel("template"));
  }
  const module = shipped.includes(place)
    ? await importShipped(place)
    : await importModule(place, name);
  const model = isObject(module) ? Reflect.get(module, "model") : undefined;
  if (isModel(model)) return model;
  if (model === undefined) {
    throw new FleetError("SCENARIO_INVALID", `device model ${name}: it has no export \`model\``, {
      hint: `${exportsOf(module)}; write: export const model = { … }`,
    });
  }
  const problems = modelProblems(model);
  throw new FleetError("SCENARIO_INVALID", `${name} is not a device model`, {
    problems,
    hint: "docs/devices.md has the contract; dps-fleet new-device writes an example",
  });
}

function importShipped(name: string): Promise<unknown> {
  // The entry has the extension of this very file: `.ts` under the tests, `.js` in the build.
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return import(new URL(`${name}/index.${extension}`, SHIPPED).href);
}

/** What a module exports in place of a model. */
function exportsOf(module: unknown): string {
  const exported = isJsonObject(module) ? Object.entries(module) : [];
  if (exported.length === 0) return "it exports nothing";
  const shown = exported.slice(0, 5).map(([name, value]) => `${name} (${kindOf(value)})`);
  return `it exports ${shown.join(", ")}`;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
