import type { RandomStream } from "../../src/model/model.ts";

export const FAN_STATES = ["off", "on", "failed"] as const;
export type FanState = (typeof FAN_STATES)[number];

/** The air of the cave and what is done to it. Temperatures in degrees Fahrenheit, humidity in percent. */
export interface Cave {
  temperatureF: number;
  humidityPct: number;
  fan: FanState;
  desiredTemperatureF: number;
  desiredHumidityPct: number;
}

/** Undisturbed air of the "southern cave" of the Microsoft Learn samples. */
const AMBIENT = { temperatureF: 70, humidityPct: 99 } as const;
/** Where the samples' device starts before a twin says otherwise. */
export const DEFAULT_SETPOINTS = {
  temperatureF: AMBIENT.temperatureF - 10,
  humidityPct: AMBIENT.humidityPct - 20,
} as const;
/** Half bands around the setpoints; outside, a message carries an alert. */
const LIMITS = { temperatureF: 5, humidityPct: 10 } as const;
/** Chance of the fan to break for ever, for each tick that it runs. */
const FAN_FAILURE = 0.01;

/** A cave at ambient, fan off. */
export function newCave(): Cave {
  return {
    ...AMBIENT,
    fan: "off",
    desiredTemperatureF: DEFAULT_SETPOINTS.temperatureF,
    desiredHumidityPct: DEFAULT_SETPOINTS.humidityPct,
  };
}

/**
 * One tick of the samples' random walk, in place.
 *
 * Draws in the order of the C# sample, which is part of the contract: temperature, humidity, then, with the fan on,
 * its failure. Source: Microsoft Learn, "Remotely monitor and control devices with Azure IoT Hub", device code in C#.
 */
export function tick(cave: Cave, random: Pick<RandomStream, "next">): void {
  if (cave.fan === "on") {
    cave.temperatureF += towards(cave.desiredTemperatureF, cave.temperatureF, random);
    cave.humidityPct += towards(cave.desiredHumidityPct, cave.humidityPct, random);
    if (random.next() < FAN_FAILURE) cave.fan = "failed";
  } else {
    cave.temperatureF += creep(cave.temperatureF, AMBIENT.temperatureF, random);
    cave.humidityPct += creep(cave.humidityPct, AMBIENT.humidityPct, random);
  }
  cave.humidityPct = Math.min(100, cave.humidityPct);
}

/** `sign(desired - x) * U + U - 0.5`: half a unit a tick on average, and noise of variance 1/6. */
function towards(desired: number, value: number, random: Pick<RandomStream, "next">): number {
  const pull = Math.sign(desired - value) * random.next();
  return pull + random.next() - 0.5;
}

/** Back to ambient by `U / 10` while below it by more than 1, else noise `U - 0.5`. */
function creep(value: number, ambient: number, random: Pick<RandomStream, "next">): number {
  return value < ambient - 1 ? random.next() / 10 : random.next() - 0.5;
}

/** Alerts compare the unrounded readings, strictly. */
export function alertsOf(cave: Cave): { temperature: boolean; humidity: boolean } {
  return {
    temperature: isOutside(cave.temperatureF, cave.desiredTemperatureF, LIMITS.temperatureF),
    humidity: isOutside(cave.humidityPct, cave.desiredHumidityPct, LIMITS.humidityPct),
  };
}

function isOutside(value: number, desired: number, limit: number): boolean {
  return value > desired + limit || value < desired - limit;
}
