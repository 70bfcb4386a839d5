import type { Json, JsonObject } from "../../../src/model/model.ts";
import type { SettingRules } from "../../shared/settings.ts";
import { MACHINE_CLASSES } from "./iso-zone.ts";
import { parseSpeedPlan } from "./speed-plan.ts";

/** Of both presets. */
export const DEFAULT_SPEEDS_MPS = { slow: 0.5, fast: 1 } as const;

/** What a scenario may set of a physical belt; what it does not set is the preset's. */
export const PHYSICAL_SETTINGS = {
  preset: { kind: "choice", choices: ["lab", "industrial"] },
  slowSpeed: { kind: "number", least: 0.05, most: 10, unit: "m/s" },
  fastSpeed: { kind: "number", least: 0.05, most: 10, unit: "m/s" },
  acceleration: { kind: "number", least: 0.01, most: 100, unit: "m/s²" },
  pitch: { kind: "number", least: 0.05, most: 100, unit: "m" },
  beltLength: { kind: "number", least: 0, most: 10_000, unit: "m" },
  speedPlan: { kind: "text" },
  naturalFrequency: { kind: "number", least: 0.01, most: 1_000, unit: "Hz" },
  naturalAmplitude: { kind: "number", least: 0, most: 100, unit: "m/s²" },
  brokenWheelAmplitude: { kind: "number", least: 0, most: 100, unit: "m/s²" },
  brokenWheelEvery: { kind: "number", least: 0, most: 1e9, unit: "s" },
  brokenWheelFor: { kind: "number", least: 0, most: 1e9, unit: "s" },
  resonanceGrowth: { kind: "number", least: 0.01, most: 1e6, unit: "s for each m/s²" },
  resonanceLimit: { kind: "number", least: 0.01, most: 1_000, unit: "m/s²" },
  resonanceEvery: { kind: "number", least: 0, most: 1e9, unit: "s" },
  resonanceFor: { kind: "number", least: 0, most: 1e9, unit: "s" },
  noise: { kind: "number", least: 0, most: 100, unit: "m/s²" },
  sensorNoise: { kind: "number", least: 0, most: 100, unit: "m/s²" },
  facilityTemperature: { kind: "number", least: -50, most: 150, unit: "°F" },
  temperatureSpread: { kind: "number", least: 0, most: 50, unit: "°F" },
  temperatureMemory: { kind: "number", least: 1, most: 1e6, unit: "s" },
  rollerDiameter: { kind: "number", least: 0.01, most: 2, unit: "m" },
  pulleyDiameter: { kind: "number", least: 0.01, most: 5, unit: "m" },
  bearingBalls: { kind: "number", least: 3, most: 100, whole: true },
  bearingBallRatio: { kind: "number", least: 0.05, most: 0.5 },
  bearingContactAngle: { kind: "number", least: 0, most: 60, unit: "degrees" },
  waveform: { kind: "number", least: 0, most: 4_096, whole: true, unit: "samples" },
  sampleRate: { kind: "number", least: 1, most: 25_600, unit: "Hz" },
  machineClass: { kind: "choice", choices: MACHINE_CLASSES },
} as const satisfies SettingRules;

/** What rules for single settings cannot tell: settings that do not go together. */
export function physicalProblems(raw: JsonObject): readonly string[] {
  return [
    ...misplaced(raw),
    ...wrongPlan(raw["speedPlan"]),
    ...wrongSpeeds(raw),
    ...(raw["machineClass"] !== undefined && raw["preset"] !== "industrial"
      ? ["machineClass: is for preset: industrial"]
      : []),
    ...(raw["waveform"] !== undefined && raw["features"] !== true
      ? ["waveform: is one of the features, so it needs features: true"]
      : []),
  ];
}

function misplaced(raw: JsonObject): readonly string[] {
  if (raw["signal"] === "physical") return [];
  return Object.keys(raw)
    .filter((key) => Object.hasOwn(PHYSICAL_SETTINGS, key) || (key === "features" && raw[key]))
    .map((key) => `${key}: is for signal: physical`);
}

function wrongPlan(plan: Json | undefined): readonly string[] {
  if (typeof plan !== "string" || parseSpeedPlan(plan) !== undefined) return [];
  return [
    `speedPlan: expected speeds with their seconds, as in "slow 600, fast 1200, stopped 60", got ${JSON.stringify(plan)}`,
  ];
}

function wrongSpeeds({
  slowSpeed: slow = DEFAULT_SPEEDS_MPS.slow,
  fastSpeed: fast = DEFAULT_SPEEDS_MPS.fast,
}: JsonObject): readonly string[] {
  return typeof slow === "number" && typeof fast === "number" && slow > fast
    ? [`slowSpeed: expected at most the fast speed (${fast} m/s), got ${slow}`]
    : [];
}
