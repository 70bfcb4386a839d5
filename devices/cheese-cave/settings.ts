import type { JsonObject } from "../../src/model/model.ts";
import type { SettingRules } from "../shared/settings.ts";
import { settingsProblems } from "../shared/settings.ts";
import type { PhysicalSettings } from "./physical/parameters.ts";
import { PHYSICAL_RULES } from "./physical/parameters.ts";
import type { LimitSettings } from "./place.ts";

/** Names of the signals that a cave can have, the default first. */
export const SIGNAL_NAMES = ["classic", "physical"] as const;
/** Names of the dialects that a cave can speak, the default first. */
export const DIALECT_NAMES = [
  "module",
  "learn-js",
  "learn-csharp",
  "dps",
  "az220",
  "wine-cellar",
  "pnp",
] as const;

/** What a scenario may set of a cave; absent = what the dialect or, for a physical cave, its preset has. */
export type CaveSettings = PhysicalSettings &
  LimitSettings & {
    readonly signal: (typeof SIGNAL_NAMES)[number];
    readonly dialect: (typeof DIALECT_NAMES)[number];
    /** Readings as JSON numbers, or as texts. */
    readonly encoding?: "numbers" | "strings";
    readonly contentType?: "none" | "json";
    /** Application property `sensorID`. */
    readonly sensorID: string;
  };

export const DEFAULT_SETTINGS: CaveSettings = {
  signal: "classic",
  dialect: "module",
  sensorID: "S1",
};

const RULES: SettingRules = {
  signal: { kind: "choice", choices: SIGNAL_NAMES },
  dialect: { kind: "choice", choices: DIALECT_NAMES },
  encoding: { kind: "choice", choices: ["numbers", "strings"] },
  contentType: { kind: "choice", choices: ["none", "json"] },
  sensorID: { kind: "text" },
  temperatureLimit: { kind: "number", above: 0, most: 100, unit: "degrees" },
  humidityLimit: { kind: "number", above: 0, most: 100, unit: "%" },
  alertHysteresis: { kind: "number", least: 0, most: 1 },
};

const ALL_RULES: SettingRules = { ...RULES, ...PHYSICAL_RULES };

/** Every problem of what a scenario sets; [] = good. */
export function checkSettings(raw: JsonObject): readonly string[] {
  if (raw["signal"] === "physical") return settingsProblems(ALL_RULES, raw);
  // Without effect they would only look as if they were heard.
  const heard = Object.entries(raw).filter(([key]) => !isPhysical(key));
  return [
    ...settingsProblems(RULES, Object.fromEntries(heard)),
    ...Object.keys(raw)
      .filter(isPhysical)
      .map((key) => `${key}: expected signal: physical beside it`),
  ];
}

function isPhysical(key: string): boolean {
  return Object.hasOwn(PHYSICAL_RULES, key);
}
