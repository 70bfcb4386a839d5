import type { JsonObject } from "../../src/model/model.ts";
import type { SettingRules } from "../shared/settings.ts";
import { settingsProblems } from "../shared/settings.ts";
import { PHYSICAL_SETTINGS, physicalProblems } from "./physical/settings.ts";

/** Names of the signals that a belt can have, the default first. */
export const SIGNAL_NAMES = ["classic", "physical"] as const;
/** Names of the dialects that a belt can speak, the default first. */
export const DIALECT_NAMES = [
  "module",
  "learn-csharp",
  "learn-js",
  "az220",
  "draft",
  "pnp",
] as const;

/** What a scenario may set of a belt; absent = what the dialect has. */
export type BeltSettings = {
  readonly signal: (typeof SIGNAL_NAMES)[number];
  readonly dialect: (typeof DIALECT_NAMES)[number];
  /** Readings as JSON numbers, or as texts. */
  readonly encoding?: "numbers" | "strings";
  readonly contentType?: "none" | "json";
  /** Application property `sensorID` of the telemetry message, or of the only one. */
  readonly telemetrySensorID?: string;
  /** The same of the logging message. */
  readonly logSensorID?: string;
  /** Further members of the logging message: what a vibration monitor tells. Those of a physical belt alone are in `PHYSICAL_SETTINGS`. */
  readonly features?: boolean;
};

export const DEFAULT_SETTINGS: BeltSettings = { signal: "classic", dialect: "module" };

const RULES: SettingRules = {
  signal: { kind: "choice", choices: SIGNAL_NAMES },
  dialect: { kind: "choice", choices: DIALECT_NAMES },
  encoding: { kind: "choice", choices: ["numbers", "strings"] },
  contentType: { kind: "choice", choices: ["none", "json"] },
  telemetrySensorID: { kind: "text" },
  logSensorID: { kind: "text" },
  features: { kind: "flag" },
  ...PHYSICAL_SETTINGS,
};

/** Every problem of what a scenario sets; [] = good. */
export function checkSettings(raw: JsonObject): readonly string[] {
  return [...settingsProblems(RULES, raw), ...physicalProblems(raw), ...nowhereToTell(raw)];
}

/** Settings of something that the dialect's messages do not have. */
function nowhereToTell(raw: JsonObject): readonly string[] {
  const { dialect, features, logSensorID, waveform } = raw;
  if (dialect === "draft") {
    return [
      ...(features === true ? ["features: the dialect draft has no log to tell them in"] : []),
      ...(logSensorID === undefined ? [] : ["logSensorID: the dialect draft has no log"]),
    ];
  }
  return dialect === "pnp" && waveform !== undefined
    ? ["waveform: is not in the interface that the dialect pnp speaks"]
    : [];
}
