import { DPS_LIMITS } from "../base/azure-limits.ts";
import { defined } from "../base/defined.ts";
import { FleetError } from "../base/errors.ts";
import { throttledText } from "../base/throttled-text.ts";
import type { EmulatorConfig } from "../emulator-config/read-config.ts";
import { sizeProblem } from "../scenario/emulator-overrides.ts";
import type { EmulatorSettings } from "../scenario/emulator-section.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { fileBeside } from "./brought-devices.ts";
import type { EmulatorProcess } from "./emulator-process.ts";
import { startEmulatorProcess } from "./emulator-process.ts";
import type { RunContext, RunOptions } from "./run-options.ts";

/** What the emulator that a run starts is told, beyond where it is. */
export interface OwnEmulator {
  /** Arguments of `emulator`. */
  readonly args: readonly string[];
  /** What throttles it, for the user; undefined where nothing does. */
  readonly throttledBy: string | undefined;
  /** How it is sized; what is undefined is the emulator's default. */
  readonly size: EmulatorSize;
}

/** Of settings and configuration file together. */
export type EmulatorSize = Pick<
  EmulatorSettings,
  "retryAfterS" | "tier" | "units" | "dpsRegistrationsPerMinute" | "hubs"
>;

/** Registrations that the DPS of an emulator of this size takes in 60 s; undefined = there is no limit. */
export function registrationLimit({
  tier = "none",
  dpsRegistrationsPerMinute,
}: EmulatorSize): number | undefined {
  const azures = tier === "none" ? undefined : DPS_LIMITS.registrationsPerMinute;
  return dpsRegistrationsPerMinute ?? azures;
}

/**
 * Judges what scenario, command line and configuration file say of the emulator that the run starts, all together.
 *
 * @param scenario with the command line's settings in place of its own
 * @param idScope as the scenario file has it
 * @throws {FleetError} `USAGE`, `SCENARIO_INVALID` or `FILE_INVALID` with every problem of the stage that found one
 */
export async function planOwnEmulator(
  { emulator }: Pick<Scenario, "emulator">,
  idScope: string | undefined,
  { scenarioFile, overrides }: Pick<RunOptions, "scenarioFile" | "overrides">,
  context: Pick<RunContext, "cwd" | "env">,
): Promise<OwnEmulator> {
  const { config: written, ...settings } = emulator;
  const file = written === undefined ? undefined : fileBeside(scenarioFile, written);
  const config = file === undefined ? undefined : await readConfig(file, context);
  if (file !== undefined) requireOneOfBoth(emulator, config, scenarioFile, file);
  const { emulator: given = {} } = overrides;
  const wrongSize = sizeProblem(settings, given, config?.options ?? {}, scenarioFile);
  if (wrongSize !== undefined) {
    throw new FleetError("USAGE", "the emulator's tier and units do not fit", {
      problems: [wrongSize],
      hint: "tiers are F1, B1, B2, B3, S1, S2, S3; see docs/emulator.md",
    });
  }
  if (config !== undefined) {
    const { judgeEmulatorConfig } = await import("../emulator-config/judge-config.ts");
    await judgeEmulatorConfig(config, defined({ ...settings, idScope }));
  }
  const size = { ...config?.options, ...defined(settings) };
  const { retryAfterS, tier, units, dpsRegistrationsPerMinute, hubs } = size;
  return {
    args: argumentsOf(settings, file, idScope),
    throttledBy: throttledText(size),
    size: defined({ retryAfterS, tier, units, dpsRegistrationsPerMinute, hubs }),
  };
}

async function readConfig(
  file: string,
  { cwd, env }: Pick<RunContext, "cwd" | "env">,
): Promise<EmulatorConfig> {
  // Imported here: the emulator's own code comes with it, and most runs need none of that.
  const { readEmulatorConfig } = await import("../emulator-config/read-config.ts");
  return readEmulatorConfig(file, { cwd, env: environmentFrom(env) });
}

/** Hubs and their latencies are one thing, which no part of another file may replace unseen. */
function requireOneOfBoth(
  { hubs, latencies }: EmulatorSettings,
  config: EmulatorConfig | undefined,
  scenarioFile: string,
  file: string,
): void {
  if (config?.options.hubs === undefined) return;
  const problems = Object.keys(defined({ hubs, latencies })).map((key) => ({
    place: `${scenarioFile} emulator.${key}`,
    message: `expected no ${key} beside config, got some: ${file} has hubs`,
  }));
  if (problems.length === 0) return;
  throw new FleetError("SCENARIO_INVALID", `${scenarioFile} and ${file} both have hubs`, {
    problems,
    hint: "keep the hubs, with their latencies, in one of the two",
  });
}

const one = (flag: string, value: string | number | undefined): readonly string[] =>
  value === undefined ? [] : [`--${flag}=${value}`];

function argumentsOf(
  settings: EmulatorSettings,
  file: string | undefined,
  idScope: string | undefined,
): readonly string[] {
  const { retryAfterS, tier, units, dpsRegistrationsPerMinute: perMinute } = settings;
  const { hubs = [], latencies = {} } = settings;
  return [
    ...one("config", file),
    ...one("id-scope", idScope),
    ...one("retry-after", retryAfterS),
    ...one("tier", tier),
    ...one("units", units),
    ...one("dps-limit", perMinute === undefined ? undefined : `${perMinute}/m`),
    ...hubs.flatMap((hub) => one("hub", hub)),
    ...Object.entries(latencies).flatMap(([hub, ms]) => one("latency", `${hub}=${ms}`)),
  ];
}

/** Settings for an emulator of the user's own must not move this one. */
function environmentFrom(env: RunContext["env"]): RunContext["env"] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("DPS_FLEET_")));
}

/** Where the emulator of a run keeps its state, and where it listens. */
export interface OwnEmulatorPlace {
  /** Absolute. */
  readonly dataDir: string;
  /** 0 = a free one. */
  readonly mqttPort: number;
  readonly httpsPort: number;
}

/**
 * Starts the emulator as it was planned.
 *
 * @throws {FleetError} `UNREACHABLE` with what it printed, when it does not come up
 */
export function startOwnEmulator(
  own: OwnEmulator,
  certsDir: string,
  { dataDir, mqttPort, httpsPort }: OwnEmulatorPlace,
  { logLevel }: Pick<RunOptions, "logLevel">,
  context: RunContext,
  onOutput: (text: string) => void,
): Promise<EmulatorProcess> {
  const where = [
    `--mqtt-port=${mqttPort}`,
    `--https-port=${httpsPort}`,
    `--certs=${certsDir}`,
    `--data=${dataDir}`,
    "--data-until-full",
  ];
  return startEmulatorProcess({
    execPath: context.execPath,
    mainFile: context.mainFile,
    args: [...where, `--log-level=${logLevel}`, ...own.args],
    env: environmentFrom(context.env),
    cwd: context.cwd,
    onOutput,
    signal: context.stop,
  });
}
