import type { Json, JsonObject } from "../../src/model/model.ts";
import type { Saved } from "../shared/saved.ts";
import { anyNumber } from "../shared/saved.ts";
import type { Place } from "./place.ts";

/** What every sample says that it runs. */
export const FIRMWARE_VERSION = "1.2.3";

export const FAN_STATES = ["off", "on", "failed"] as const;
export type FanState = (typeof FAN_STATES)[number];

/** What signal, dialect and faults have in common. Temperatures in the unit of the place, humidity in percent. */
export interface Cave {
  /** What the sensor shows, unrounded; messages, alerts and reports are made of it. The air itself is the signal's. */
  temperature: number;
  humidity: number;
  fan: FanState;
  /** Setpoints in use. */
  desiredTemperature: number;
  desiredHumidity: number;
}

/** A cave as its place says it begins, fan off. */
export function newCave({ start, setpoints }: Place): Cave {
  return {
    temperature: start.temperature,
    humidity: start.humidity,
    fan: "off",
    desiredTemperature: setpoints.temperature,
    desiredHumidity: setpoints.humidity,
  };
}

/** The setpoints in use, as the samples name them; one that is no number any more is a text. */
export const setpointsOf = ({ desiredTemperature, desiredHumidity }: Cave): JsonObject => ({
  temperature: anyNumber(desiredTemperature),
  humidity: anyNumber(desiredHumidity),
});

/** The cave as JSON; `readCave` reads it. */
export function savedCave(cave: Cave): Json {
  return {
    temperature: anyNumber(cave.temperature),
    humidity: anyNumber(cave.humidity),
    fan: cave.fan,
    desiredTemperature: anyNumber(cave.desiredTemperature),
    desiredHumidity: anyNumber(cave.desiredHumidity),
  };
}

/** @throws {TypeError} naming the member that is not what a cave saves */
export function readCave(saved: Saved): Cave {
  return {
    temperature: saved.anyNumber("temperature"),
    humidity: saved.anyNumber("humidity"),
    fan: saved.choice("fan", FAN_STATES),
    desiredTemperature: saved.anyNumber("desiredTemperature"),
    desiredHumidity: saved.anyNumber("desiredHumidity"),
  };
}
