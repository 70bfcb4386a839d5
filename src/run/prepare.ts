import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";
import { valueFiles } from "../plan/entry-values.ts";
import { draftPlan } from "../plan/make-plan.ts";
import type { Plan } from "../plan/plan.ts";
import { planFingerprint } from "../plan/plan-fingerprint.ts";
import { planPart, shardProblems } from "../plan/plan-part.ts";
import type { Shard } from "../plan/plan-part.ts";
import { mostWorkers, workersFor } from "../plan/shard.ts";
import { applyOverrides } from "../scenario/overrides.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { parseScenario } from "../scenario/scenario.ts";
import { readArrivalTimes } from "./arrival-times.ts";
import { bringDevices } from "./brought-devices.ts";
import { variedSettingsProblems } from "./device-settings.ts";
import { checkKeyGiven } from "./made-group-key.ts";
import { checkOpenFiles } from "./open-files.ts";
import type { SettledModels } from "./fleet-models.ts";
import { checkDevices, settleModels, unusable } from "./fleet-models.ts";
import type { OwnEmulator } from "./own-emulator.ts";
import { planOwnEmulator, registrationLimit } from "./own-emulator.ts";
import type { RunContext, RunOptions } from "./run-options.ts";
import { readValueTables } from "./value-tables.ts";

/** A run that is known to make sense, before anything is written or sent. */
export interface PreparedRun {
  /** With all overrides. */
  readonly scenario: Scenario;
  /** The emulator that the run starts; undefined = it needs none. */
  readonly own: OwnEmulator | undefined;
  /** What this run does: all of `whole`, or its part. */
  readonly plan: Plan;
  readonly whole: Plan;
  /** Which part; undefined = the whole. */
  readonly shard: Shard | undefined;
  /** Of the whole plan. */
  readonly fingerprint: string;
  /** By the names that the plan's devices have. */
  readonly models: SettledModels["models"];
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

/** @throws {FleetError} `USAGE` where the plan cannot be had in so many parts */
function partOf(whole: Plan, shard: Shard): Plan {
  const problems = shardProblems(whole, shard);
  if (problems.length === 0) return planPart(whole, shard);
  throw new FleetError("USAGE", "the plan cannot be run in so many parts", { problems });
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
  const unsettled: Scenario =
    demoDurationMs === undefined
      ? overridden
      : { ...overridden, durationMs: demoDurationMs ?? undefined };
  if (options.emulatorFile !== undefined && unsettled.target !== "emulator") {
    throw new FleetError("USAGE", "--emulator goes with target emulator only", {
      problems: [{ place: "--emulator", message: `the target is ${unsettled.target}` }],
      hint: "give --target emulator too, or leave --emulator out",
    });
  }
  const ownEmulator = unsettled.target === "emulator" && options.emulatorFile === undefined;
  const own = ownEmulator
    ? await planOwnEmulator(unsettled, written.provisioning.idScope, options, context)
    : undefined;
  const modelsDir = dirname(resolve(context.cwd, source));
  const names = { dir: modelsDir, given: options.overrides.model, cwd: context.cwd };
  const settled = await settleModels(unsettled, names);
  const { scenario, models, warnings } = settled;
  const defaults = scenario.fleet.map(({ model }) => models.get(model)?.defaults);
  const files = valueFiles(scenario, defaults);
  const tables = await readValueTables(files, source, context.cwd);
  const times = await readArrivalTimes(scenario.arrival, source, context.cwd);
  const { seed } = options;
  const { plan: whole, problems: ofPlan } = draftPlan(scenario, {
    seed,
    brought: brought.devices,
    defaults,
    tables,
    arrival: { times, ownLimitPerMinute: registrationLimit(own?.size ?? {}) },
    modelOf: (model) => models.get(model),
  });
  const ofDrawn = await variedSettingsProblems(whole, settled, modelsDir);
  const problems = [...settled.problems, ...ofPlan, ...ofDrawn];
  if (problems.length > 0) throw unusable(source, problems);
  await checkDevices(whole, models, { source, dir: modelsDir });
  checkKeyGiven(whole, ownEmulator);
  const { shard } = options;
  const plan = shard === undefined ? whole : partOf(whole, shard);
  const devices = plan.devices.length;
  const workers =
    options.workers === "auto"
      ? workersFor(devices, context.cores, mostWorkers(plan))
      : Math.min(options.workers, devices, mostWorkers(plan));
  await checkOpenFiles({ devices, workers, ownEmulator });
  const places = new Map(
    brought.devices.flatMap((ofEntry = []) =>
      ofEntry.map(({ registrationId, place }) => [registrationId, place] as const),
    ),
  );
  return {
    scenario,
    own,
    plan,
    whole,
    shard,
    fingerprint: planFingerprint(whole, models),
    models,
    workers,
    modelsDir,
    places,
    warnings: [...brought.warnings, ...warnings],
  };
}
