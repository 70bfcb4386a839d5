/** A temperature in the unit of its place, and a relative humidity in percent. */
export interface Climate {
  readonly temperature: number;
  readonly humidity: number;
}

/** Where a device stands, and what it is there for. */
export interface Place {
  readonly unit: "°F" | "°C";
  /** Undisturbed air, to which the place returns without its fan. */
  readonly ambient: Climate;
  /** Air at the start. */
  readonly start: Climate;
  /** What the device wants until a twin says otherwise. */
  readonly setpoints: Climate;
  /** Half bands around the setpoints; outside, a message carries an alert. */
  readonly limits: Climate;
  /** Share of the limits by which a raised alert must be inside to clear; the samples have none. */
  readonly alertHysteresis: number;
}

/** What a scenario may set of alerts; absent = as the place has it. */
export type LimitSettings = {
  /** Half bands around the setpoints, in the unit of the place and in percent. */
  readonly temperatureLimit?: number;
  readonly humidityLimit?: number;
  /** 0 to 1. */
  readonly alertHysteresis?: number;
};

const SOUTHERN_CAVE_AIR: Climate = { temperature: 70, humidity: 99 };

/** The "southern cave" where the Microsoft Learn samples ripen their cheese. */
export const CHEESE_CAVE: Place = {
  unit: "°F",
  ambient: SOUTHERN_CAVE_AIR,
  start: SOUTHERN_CAVE_AIR,
  setpoints: {
    temperature: SOUTHERN_CAVE_AIR.temperature - 10,
    humidity: SOUTHERN_CAVE_AIR.humidity - 20,
  },
  limits: { temperature: 5, humidity: 10 },
  alertHysteresis: 0,
};

/** The wine cellar of the first samples. Its humidity has no ambient value: without the fan it goes where it likes. */
export const WINE_CELLAR: Place = {
  unit: "°C",
  ambient: { temperature: 23, humidity: 65 },
  start: { temperature: 12.77777, humidity: 65 },
  setpoints: { temperature: 12.77777, humidity: 65 },
  limits: { temperature: 5.5, humidity: 15 },
  alertHysteresis: 0,
};

/** The place with other limits where settings have some. */
export function withLimits(
  place: Place,
  {
    temperatureLimit = place.limits.temperature,
    humidityLimit = place.limits.humidity,
    alertHysteresis = place.alertHysteresis,
  }: LimitSettings,
): Place {
  const limits = { temperature: temperatureLimit, humidity: humidityLimit };
  return { ...place, limits, alertHysteresis };
}
