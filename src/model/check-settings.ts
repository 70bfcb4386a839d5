import { FleetError } from "../base/errors.ts";
import { describeThrown } from "../base/thrown-at.ts";
import type { FileTexts } from "./model-files.ts";
import { readModelFiles } from "./model-files.ts";
import { dropPromise, kindOf } from "./model-shape.ts";
import type { DeviceModel, JsonObject } from "./model.ts";

/**
 * What a model finds wrong with settings, and only where nothing is, with the files that they name. A model that
 * cannot judge is told as a problem too, as its own fault. Never throws what a model threw.
 *
 * @param dir what the names of files are relative to
 */
export async function checkSettings(
  model: DeviceModel,
  settings: JsonObject,
  dir: string,
): Promise<readonly string[]> {
  const problems = judged(model, settings);
  if (problems.length > 0 || model.files === undefined) return problems;
  try {
    return judged(model, settings, await readModelFiles([{ model, settings }], dir));
  } catch (error) {
    if (!(error instanceof FleetError))
      return [`files of this model threw ${describeThrown(error)}`];
    return error.problems.map(({ place, message }) => `${place}: ${message}`);
  }
}

function judged(model: DeviceModel, settings: JsonObject, file?: FileTexts): readonly string[] {
  let found: unknown;
  try {
    found = model.checkSettings(settings, file);
  } catch (error) {
    return [`checkSettings of this model threw ${describeThrown(error)}`];
  }
  dropPromise(found);
  if (Array.isArray(found) && found.every((text) => typeof text === "string")) return found;
  return [
    `checkSettings of this model: expected a list of texts, [] for good, got ${kindOf(found)}`,
  ];
}
