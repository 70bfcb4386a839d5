import type { SettingRule, SettingRules } from "../../shared/settings.ts";
import { celsiusOf, kelvinsOf } from "../../shared/units.ts";
import type { Place } from "../place.ts";

/** Sets of parameters, the default first: the room of the samples, and a cave in rock. */
export const PRESET_NAMES = ["lab", "real"] as const;
type PresetName = (typeof PRESET_NAMES)[number];

/** What a parameter is, and so how it is converted: settings are in the unit of the place, parameters in SI. */
type Quantity = "temperature" | "difference" | "plain";

interface ParameterRow {
  readonly quantity: Quantity;
  readonly rule: Omit<Extract<SettingRule, { kind: "number" }>, "kind">;
  /** In SI. */
  readonly lab: number;
  readonly real: number;
}

const HOUR_S = 3_600;
const YEAR_S = 365.25 * 24 * HOUR_S;
const SECONDS = { least: 1, unit: "s" } as const;
/** A step is cut by it, so that it bounds what a step costs. */
const CONDITIONER_SECONDS = { least: 10, unit: "s" } as const;
const SHARE = { least: 0, most: 1 } as const;
/** So that one step of 5 s breaks a fan as often as a tick of the classic walk: with probability 0.01. */
const CLASSIC_FAN_LIFE_S = -5 / Math.log(0.99);

const difference = (lab: number, real: number): ParameterRow => ({
  quantity: "difference",
  rule: { least: 0, most: 50, unit: "degrees" },
  lab,
  real,
});
const plain = (rule: ParameterRow["rule"], lab: number, real = lab): ParameterRow => ({
  quantity: "plain",
  rule,
  lab,
  real,
});

/**
 * Every parameter by the name of its setting. The lab's are chosen so that the cave keeps the times of the classic
 * walk, and so that its undisturbed air has the 99 % of the samples: wet rock, and air that is warmer by the heat of
 * ripening. Those of a real cave are estimates.
 */
const PARAMETERS = {
  /** Undisturbed air; in the lab that of the dialect's place. */
  ambientTemperature: {
    quantity: "temperature",
    rule: { least: -40, most: 140, unit: "degrees" },
    lab: celsiusOf(70),
    real: 12,
  },
  /** Amplitudes of the rock's temperature over a year and a day, both rising through the mean at phase 0. */
  seasonalSwing: difference(0, 1.5),
  dailySwing: difference(0, 0.1),
  seasonPhase: plain(SHARE, 0),
  phase: plain(SHARE, 0),
  /** By so much ripening cheese keeps the air warmer than the rock. */
  ripeningHeat: difference(0.17, 0.3),
  /** Time constants: rock to air, conditioner to air, wet wall to air's vapour, humidifier to air's vapour. */
  rockTime: plain(SECONDS, 1_900, 19 * HOUR_S),
  conditionerTime: plain(CONDITIONER_SECONDS, 100, HOUR_S),
  wallVapourTime: plain(SECONDS, 1_900, 19 * HOUR_S),
  humidifierTime: plain(SECONDS, 40, 0.4 * HOUR_S),
  wallWaterActivity: plain(SHARE, 1),
  cheeseEvaporation: plain({ least: 0, most: 1, unit: "1/s" }, 0, 1e-6),
  rindWaterActivity: plain(SHARE, 0.97),
  /** Mean time that a fan runs until it breaks. */
  fanLife: plain(SECONDS, CLASSIC_FAN_LIFE_S, 2 * YEAR_S),
  /** Slow changes that no equation here explains: standard deviation, and how long they last. */
  temperatureNoise: difference(kelvinsOf(0.15), kelvinsOf(0.1)),
  temperatureNoiseTime: plain(SECONDS, 300, HOUR_S),
  humidityNoise: plain({ least: 0, most: 50, unit: "%" }, 0.5, 0.4),
  humidityNoiseTime: plain(SECONDS, 300, HOUR_S),
  /** White noise of the sensor: standard deviation. */
  temperatureSensorNoise: difference(kelvinsOf(0.05), kelvinsOf(0.05)),
  humiditySensorNoise: plain({ least: 0, most: 50, unit: "%" }, 0.2),
} as const satisfies Readonly<Record<string, ParameterRow>>;

type ParameterName = keyof typeof PARAMETERS;

/** What a scenario may set of a physical cave: temperatures and their differences in the unit of the place. */
export type PhysicalSettings = { readonly preset?: PresetName } & {
  readonly [Name in ParameterName]?: number;
};

/** A physical cave in SI, its constants as rates where equations take them so. */
export interface Parameters {
  readonly ambientC: number;
  readonly seasonalSwingK: number;
  readonly dailySwingK: number;
  /** Shares of a year and of a day that are over at the start. */
  readonly seasonPhase: number;
  readonly phase: number;
  readonly ripeningHeatK: number;
  readonly rockS: number;
  readonly conditionerS: number;
  readonly wallVapourS: number;
  readonly humidifierS: number;
  readonly wallWaterActivity: number;
  readonly cheeseEvaporationPerS: number;
  readonly rindWaterActivity: number;
  readonly fanLifeS: number;
  readonly temperatureNoise: { readonly sigmaK: number; readonly tauS: number };
  readonly humidityNoise: { readonly sigmaPct: number; readonly tauS: number };
  readonly sensorNoise: { readonly temperatureK: number; readonly humidityPct: number };
}

/** Rules of the settings. */
export const PHYSICAL_RULES: SettingRules = {
  preset: { kind: "choice", choices: PRESET_NAMES },
  ...Object.fromEntries(
    Object.entries(PARAMETERS).map(([name, { rule }]) => [name, { kind: "number", ...rule }]),
  ),
};

/** What the settings say, and the preset (default: `lab`) where they are silent. */
export function parametersOf(
  { preset = "lab", ...set }: PhysicalSettings,
  place: Pick<Place, "unit" | "ambient">,
): Parameters {
  const isFahrenheit = place.unit === "°F";
  const inSi = (quantity: Quantity, value: number): number => {
    if (!isFahrenheit || quantity === "plain") return value;
    return quantity === "temperature" ? celsiusOf(value) : kelvinsOf(value);
  };
  const of = (name: ParameterName): number => {
    const row = PARAMETERS[name];
    const value = set[name];
    return value === undefined ? row[preset] : inSi(row.quantity, value);
  };
  const ambientOfPlace = preset === "lab" ? place.ambient.temperature : undefined;
  const ambient = set.ambientTemperature ?? ambientOfPlace;
  return {
    ambientC: ambient === undefined ? of("ambientTemperature") : inSi("temperature", ambient),
    seasonalSwingK: of("seasonalSwing"),
    dailySwingK: of("dailySwing"),
    seasonPhase: of("seasonPhase"),
    phase: of("phase"),
    ripeningHeatK: of("ripeningHeat"),
    rockS: of("rockTime"),
    conditionerS: of("conditionerTime"),
    wallVapourS: of("wallVapourTime"),
    humidifierS: of("humidifierTime"),
    wallWaterActivity: of("wallWaterActivity"),
    cheeseEvaporationPerS: of("cheeseEvaporation"),
    rindWaterActivity: of("rindWaterActivity"),
    fanLifeS: of("fanLife"),
    temperatureNoise: { sigmaK: of("temperatureNoise"), tauS: of("temperatureNoiseTime") },
    humidityNoise: { sigmaPct: of("humidityNoise"), tauS: of("humidityNoiseTime") },
    sensorNoise: {
      temperatureK: of("temperatureSensorNoise"),
      humidityPct: of("humiditySensorNoise"),
    },
  };
}
