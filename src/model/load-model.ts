import { readdir } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { FleetError, messageOf } from "../base/errors.ts";
import { nearest } from "../base/nearest.ts";
import type { DeviceModel } from "./model.ts";

/** The same place in the source tree and in the build. */
const SHIPPED = new URL("../../devices/", import.meta.url);

/** Names of the models that come with dps-fleet, sorted. */
export async function shippedModels(): Promise<readonly string[]> {
  const entries = await readdir(SHIPPED, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && entry.name !== "shared")
    .map((entry) => entry.name)
    .toSorted();
}

/**
 * Loads a device model: a shipped one by its name (`cheese-cave`), or a module (`./my-device.js`, `.mjs`).
 *
 * @param directory what relative paths count from
 * @throws {FleetError} `SCENARIO_INVALID` if there is no such model or it is not one
 */
export async function loadModel(name: string, directory = "."): Promise<DeviceModel> {
  if (/[/\\]|\.[cm]?[jt]s$/.test(name)) return loadModule(name, directory);
  const shipped = await shippedModels();
  if (!shipped.includes(name)) {
    const near = nearest(name, shipped);
    throw new FleetError("SCENARIO_INVALID", `there is no device model "${name}"`, {
      hint:
        (near === undefined ? "" : `did you mean ${near}? `) +
        `shipped models: ${shipped.join(", ")}; a model of your own is named by its path`,
    });
  }
  // The entry has the extension of this very file: `.ts` under the tests, `.js` in the build.
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return importModel(new URL(`${name}/index.${extension}`, SHIPPED).href, name);
}

async function loadModule(name: string, directory: string): Promise<DeviceModel> {
  if (/\.[cm]?ts$/.test(name)) {
    throw new FleetError("SCENARIO_INVALID", `${name}: a model in TypeScript cannot be loaded`, {
      hint: "compile it first and name the .js or .mjs file",
    });
  }
  const path = isAbsolute(name) ? name : resolve(directory, name);
  return importModel(pathToFileURL(path).href, name);
}

async function importModel(url: string, name: string): Promise<DeviceModel> {
  let module: unknown;
  try {
    module = await import(url);
  } catch (error) {
    throw new FleetError(
      "SCENARIO_INVALID",
      `device model ${name}: cannot load ${fileURLToPath(url)}: ${messageOf(error)}`,
      { cause: error },
    );
  }
  const model = memberOf(module, "model");
  if (!isDeviceModel(model)) {
    throw new FleetError("SCENARIO_INVALID", `${name} is not a device model`, {
      hint: "expected an export `model` with name, defaults, checkSettings(raw) and create(context)",
    });
  }
  return model;
}

function isDeviceModel(value: unknown): value is DeviceModel {
  return (
    typeof memberOf(value, "name") === "string" &&
    typeof memberOf(value, "defaults") === "object" &&
    memberOf(value, "defaults") !== null &&
    typeof memberOf(value, "checkSettings") === "function" &&
    typeof memberOf(value, "create") === "function"
  );
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
