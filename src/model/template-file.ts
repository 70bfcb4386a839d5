import { readFile } from "node:fs/promises";
import { basename, dirname, extname, resolve } from "node:path";
import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";
import { isJsonObject } from "../base/json.ts";
import { showValue } from "../base/show-value.ts";
import { YamlSource } from "../base/yaml-source.ts";
import type { FileTexts } from "./model-files.ts";
import { readModelFiles } from "./model-files.ts";
import type { DeviceModel, JsonObject } from "./model.ts";

/**
 * The template model with the settings of a YAML or JSON file as its defaults. What a scenario sets takes the place of
 * what the file has under the same key; files that the settings name count from the file's folder.
 *
 * @param path absolute
 * @param name as the user wrote it, for messages
 * @param template the shipped model
 * @throws {FleetError} `SCENARIO_INVALID` with every problem of the file at its line and column
 */
export async function readTemplateFile(
  path: string,
  name: string,
  template: DeviceModel,
): Promise<DeviceModel> {
  const source = new YamlSource(await textOf(path, name), name);
  const defaults = settingsOf(source, name);
  const model = withDefaults(template, defaults, path);
  const judge = (file?: FileTexts): void => {
    const problems = model.checkSettings({}, file).map((problem) => placed(problem, source));
    if (problems.length > 0) throw unusable(name, problems);
  };
  judge();
  judge(await readModelFiles([{ model, settings: {} }], dirname(path)));
  return model;
}

function withDefaults(template: DeviceModel, defaults: JsonObject, path: string): DeviceModel {
  const at = (file: string): string => resolve(dirname(path), file);
  return {
    ...template,
    name: basename(path, extname(path)),
    defaults: { ...template.defaults, ...defaults },
    checkSettings: (raw, file) =>
      template.checkSettings({ ...defaults, ...raw }, file && ((each) => file(at(each)))),
    files: (settings) => (template.files?.(settings) ?? []).map(at),
    create: (context) => {
      const { deviceId, settings } = context;
      return template.create({
        deviceId,
        settings,
        random: (stream) => context.random(stream),
        file: (each) => context.file(at(each)),
        report: (patch) => context.report(patch),
        tell: (event) => context.tell(event),
      });
    },
  };
}

async function textOf(path: string, name: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new FleetError("SCENARIO_INVALID", `device model ${name}: ${fileTrouble(error)}`);
  }
}

function settingsOf(source: YamlSource, name: string): JsonObject {
  if (source.problems.length > 0) throw unusable(name, source.problems);
  const { value } = source;
  if (!isJsonObject(value)) {
    const message = `expected the settings of a device, such as fields, got ${showValue(value)}`;
    throw unusable(name, [{ place: name, message }]);
  }
  const message = notJson(value);
  if (message !== undefined) throw unusable(name, [{ place: name, message }]);
  return value;
}

/** Why YAML is more than JSON can be, if it is. */
function notJson(value: unknown): string | undefined {
  let odd: string | undefined;
  try {
    JSON.stringify(value, (key, member: unknown) => {
      if (typeof member === "number" && !Number.isFinite(member)) odd ??= key;
      return member;
    });
  } catch {
    return "expected settings, got an alias that leads back to itself";
  }
  return odd === undefined ? undefined : `${odd}: expected a number that JSON has`;
}

/** A problem of the model, `PATH: WHAT`, at its place in the file. */
function placed(problem: string, source: YamlSource): Problem {
  const end = problem.indexOf(": ");
  return {
    place: source.placeOf(problem.slice(0, end).split(".")),
    message: problem.slice(end + 2),
  };
}

const unusable = (name: string, problems: readonly Problem[]): FleetError =>
  new FleetError("SCENARIO_INVALID", `device model ${name} cannot be used as it is`, {
    problems,
    hint: "docs/devices.md has every setting of a device without code",
  });
