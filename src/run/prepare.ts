import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";
import { loadModel } from "../model/load-model.ts";
import { readModelFiles } from "../model/model-files.ts";
import type { DeviceModel, JsonObject } from "../model/model.ts";
import { makePlan } from "../plan/make-plan.ts";
import type { Plan } from "../plan/plan.ts";
import { workersFor } from "../plan/shard.ts";
import { applyOverrides } from "../scenario/overrides.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { parseScenario } from "../scenario/scenario.ts";
import { bringDevices } from "./brought-devices.ts";
import { checkKeyGiven } from "./made-group-key.ts";
import { checkOpenFiles } from "./open-files.ts";
import type { OwnEmulator } from "./own-emulator.ts";
import { planOwnEmulator } from "./own-emulator.ts";
import type { RunContext, RunOptions } from "./run-options.ts";

/** A run that is known to make sense, before anything is written or sent. */
export interface PreparedRun {
  /** With all overrides. */
  readonly scenario: Scenario;
  /** The emulator that the run starts; undefined = it needs none. */
  readonly own: OwnEmulator | undefined;
  readonly plan: Plan;
  readonly workers: number;
  /** The scenario's folder, absolute: what paths in it are relative to. */
  readonly modelsDir: string;
  /** Where the user's files name the devices that they brought, by registration id. */
  readonly places: ReadonlyMap<string, string>;
  /** What is odd about files that can be used. */
  readonly warnings: readonly Problem[];
}

async function readScenario(file: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, file), "utf8");
  } catch (error) {
    throw new FleetError("SCENARIO_INVALID", "the scenario file cannot be read", {
      problems: [{ place: file, message: `expected a scenario file, got: ${fileTrouble(error)}` }],
      hint: "scenarios/thirty-caves.yaml is one that is shipped",
      cause: error,
    });
  }
}

/** Lets each entry's model judge its settings, with the files that they name. @throws {FleetError} `SCENARIO_INVALID` */
async function checkModels(scenario: Scenario, source: string, dir: string): Promise<void> {
  const problems: Problem[] = [];
  for (const [index, entry] of scenario.fleet.entries()) {
    const place = `${source} fleet[${index}]`;
    try {
      const model = await loadModel(entry.model);
      for (const message of await settingsProblems(model, entry.settings, dir)) {
        problems.push({ place: `${place}.settings`, message });
      }
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      problems.push({ place: `${place}.model`, message: error.message, hint: error.hint });
    }
  }
  if (problems.length === 0) return;
  throw new FleetError("SCENARIO_INVALID", `${source} cannot be run as it is`, { problems });
}

/** What is wrong with settings, and only where nothing is, with the files that they name. */
async function settingsProblems(
  model: DeviceModel,
  settings: JsonObject,
  dir: string,
): Promise<readonly string[]> {
  const problems = model.checkSettings(settings);
  if (problems.length > 0 || model.files === undefined) return problems;
  try {
    return model.checkSettings(settings, await readModelFiles([{ model, settings }], dir));
  } catch (error) {
    if (!(error instanceof FleetError)) throw error;
    return error.problems.map(({ place, message }) => `${place}: ${message}`);
  }
}

/**
 * Reads the scenario, applies the command line, checks models and makes the plan.
 *
 * @throws {FleetError} `SCENARIO_INVALID`, `FILE_INVALID` or `USAGE` with every problem of the stage that found one
 */
export async function prepareRun(
  options: RunOptions,
  context: Pick<RunContext, "cwd" | "cores" | "env">,
): Promise<PreparedRun> {
  const source = options.scenarioFile;
  const written = parseScenario(await readScenario(source, context.cwd), source);
  const brought = await bringDevices(written, source, context.cwd);
  const available = brought.devices.map((devices) => devices?.length);
  const overridden = applyOverrides(written, options.overrides, available);
  const { demoDurationMs } = options;
  const scenario: Scenario =
    demoDurationMs === undefined
      ? overridden
      : { ...overridden, durationMs: demoDurationMs ?? undefined };
  if (options.emulatorFile !== undefined && scenario.target !== "emulator") {
    throw new FleetError("USAGE", "--emulator goes with target emulator only", {
      problems: [{ place: "--emulator", message: `the target is ${scenario.target}` }],
      hint: "give --target emulator too, or leave --emulator out",
    });
  }
  const ownEmulator = scenario.target === "emulator" && options.emulatorFile === undefined;
  const own = ownEmulator
    ? await planOwnEmulator(scenario, written.provisioning.idScope, options, context)
    : undefined;
  const modelsDir = dirname(resolve(context.cwd, source));
  await checkModels(scenario, source, modelsDir);
  const plan = makePlan(scenario, { seed: options.seed, brought: brought.devices });
  checkKeyGiven(plan, ownEmulator);
  const devices = plan.devices.length;
  const workers =
    options.workers === "auto"
      ? workersFor(devices, context.cores, plan.concurrency)
      : Math.min(options.workers, devices, plan.concurrency ?? Infinity);
  await checkOpenFiles({ devices, workers, ownEmulator });
  const places = new Map(
    brought.devices.flatMap((ofEntry = []) =>
      ofEntry.map(({ registrationId, place }) => [registrationId, place] as const),
    ),
  );
  return { scenario, own, plan, workers, modelsDir, places, warnings: brought.warnings };
}
