import { readdir, stat } from "node:fs/promises";
import { createRequire, isBuiltin } from "node:module";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { errorCode } from "../base/error-code.ts";
import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";
import { nearest } from "../base/nearest.ts";
import { typeScriptLoader } from "./typescript-loader.ts";

/** The same place in the source tree and in the build. */
export const SHIPPED = new URL("../../devices/", import.meta.url);

/** Names of the models that come with dps-fleet, sorted. */
export async function shippedModels(): Promise<readonly string[]> {
  const entries = await readdir(SHIPPED, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && entry.name !== "shared")
    .map((entry) => entry.name)
    .toSorted();
}

/** A module by its ending. */
const MODULE = /\.[cm]?[jt]s$/;

/** A device that is described by a file, by the file's ending. */
export const TEMPLATE_FILE = /\.(?:ya?ml|json)$/i;
/** A model that is a file, whatever is in it. */
const isFileName = (name: string): boolean => MODULE.test(name) || TEMPLATE_FILE.test(name);
/** A package, scoped or not, and perhaps one of its subpaths. */
const PACKAGE = /^(?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*(?:\/[^\\]*)?$/i;

/**
 * Where a model is: the name of a shipped one as it is, of anything else the absolute path of its module, so that every
 * process loads the same file. A name is that of a shipped model, else a path (`./my-device.ts`), else a package.
 *
 * @param directory absolute; what paths count from, and where packages are looked for
 * @throws {FleetError} `SCENARIO_INVALID` where there is no such model, with what is near
 */
export async function findModel(name: string, directory: string): Promise<string> {
  const shipped = await shippedModels();
  if (shipped.includes(name)) return name;
  const path = resolve(directory, name);
  const isPath = isAbsolute(name) || /^\.\.?(?:[/\\]|$)/.test(name);
  if (isPath || (isFileName(name) && (await isFile(path)))) return moduleAt(path, name);
  const found = await packageEntry(name, directory);
  if (found !== undefined) return found;
  if (isFileName(name)) return moduleAt(path, name);
  const near = (await ownFile(name, directory)) ?? nearest(name, shipped);
  throw new FleetError("SCENARIO_INVALID", `there is no device model "${name}"`, {
    hint:
      (near === undefined ? "" : `did you mean ${near}? `) +
      `shipped models: ${shipped.join(", ")}; ` +
      "one of your own is named by its path, such as ./my-device.mjs, or by its installed package",
  });
}

/** The module at a path; of a folder what Node takes it for. */
async function moduleAt(path: string, name: string): Promise<string> {
  let isFolder: boolean;
  try {
    isFolder = (await stat(path)).isDirectory();
  } catch (error) {
    const hint = errorCode(error) === "ENOENT" ? await neighbours(path) : undefined;
    throw unusable(name, fileTrouble(error), hint);
  }
  if (!isFolder) return path;
  try {
    return createRequire(join(path, "index.js")).resolve(path);
  } catch {
    const inside = (await modulesIn(path)).map((file) => join(name, file));
    const hint = inside.length === 0 ? undefined : `name the module in it: ${inside.join(" or ")}`;
    throw unusable(name, "it is a folder without index.js and without a package.json", hint);
  }
}

async function packageEntry(name: string, directory: string): Promise<string | undefined> {
  if (!PACKAGE.test(name) || isBuiltin(name)) return undefined;
  const loader = await typeScriptLoader();
  const parentURL = pathToFileURL(join(directory, "scenario.js")).href;
  const found = loader.esmResolve(name, { parentURL, try: true });
  return found?.startsWith("file:") === true ? fileURLToPath(found) : undefined;
}

/** The path of a module that was meant by a word that is no path: `mine` for `./mine.mjs` or `./mine/mine.mjs`. */
async function ownFile(name: string, directory: string): Promise<string | undefined> {
  const endings = ["mjs", "js", "ts", "cjs", "mts", "cts", "yaml", "yml", "json"];
  for (const ending of endings)
    for (const path of [`${name}.${ending}`, `${name}/${basename(name)}.${ending}`])
      if (await isFile(join(directory, path))) return `./${path}`;
  return undefined;
}

/** What stands in the folder of a file that is not there. */
async function neighbours(path: string): Promise<string | undefined> {
  const isTemplate = TEMPLATE_FILE.test(path);
  const modules = isTemplate ? await templatesIn(dirname(path)) : await modulesIn(dirname(path));
  const near = nearest(basename(path), modules);
  if (near !== undefined) return `did you mean ${near}?`;
  return modules.length === 0 || isTemplate
    ? undefined
    : `modules in that folder: ${modules.slice(0, 5).join(", ")}`;
}

/** Modules in a folder, without tests and declarations, sorted; [] where there is no such folder. */
async function modulesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((file) => MODULE.test(file) && !/\.(?:test|d)\.[cm]?[jt]s$/.test(file))
    .toSorted();
}

/** Files in a folder that may describe a device; [] where there is no such folder. */
async function templatesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((file) => TEMPLATE_FILE.test(file));
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true;
}

const unusable = (name: string, why: string, hint: string | undefined): FleetError =>
  new FleetError("SCENARIO_INVALID", `device model ${name}: ${why}`, { hint });
