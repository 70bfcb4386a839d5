import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";
import type { DeviceModel, JsonObject } from "./model.ts";

/** A model and what one device sets of it. */
export interface ModelUse {
  readonly model: Pick<DeviceModel, "defaults" | "files">;
  readonly settings: JsonObject;
}

/** Gives the text of a file by the name under which settings have it. */
export type FileTexts = (name: string) => string;

/**
 * Reads the files that settings name, each once.
 *
 * @param dir what their names are relative to
 * @throws {FleetError} `FILE_INVALID` with every file that cannot be read
 */
export async function readModelFiles(uses: Iterable<ModelUse>, dir: string): Promise<FileTexts> {
  const names = new Set<string>();
  for (const { model, settings } of uses) {
    for (const name of model.files?.({ ...model.defaults, ...settings }) ?? []) names.add(name);
  }
  const texts = new Map<string, string>();
  const problems: Problem[] = [];
  await Promise.all(
    [...names].map(async (name) => {
      try {
        texts.set(name, await readFile(resolve(dir, name), "utf8"));
      } catch (error) {
        const message = `expected a file that a model's settings name, got: ${fileTrouble(error)}`;
        problems.push({ place: name, message });
      }
    }),
  );
  if (problems.length > 0) {
    throw new FleetError("FILE_INVALID", "files of device models cannot be read", { problems });
  }
  return (name) => {
    const text = texts.get(name);
    if (text === undefined) throw new TypeError(`${name} is no file that the settings name`);
    return text;
  };
}
