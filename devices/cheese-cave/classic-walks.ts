import type { RandomStream } from "../../src/model/model.ts";
import type { Cave } from "./cave.ts";
import type { Place } from "./place.ts";

/** Air of a place, in its unit and in percent. */
export interface Air {
  temperature: number;
  humidity: number;
}

type Draws = Pick<RandomStream, "next">;

/** One tick of a sample's random walk, in place; the order of its draws is part of the contract. */
export type Walk = (air: Air, cave: Cave, place: Place, random: Draws) => void;

/** Chance of the fan to break for ever, each time that a sample draws it. */
const FAN_FAILURE = 0.01;

/**
 * The cave of the C# and Node.js samples: temperature, humidity, then, with the fan on, one draw for its failure.
 * Source: Microsoft Learn, "Remotely monitor and control devices with Azure IoT Hub", device code.
 */
export const walkCave: Walk = (air, cave, { ambient }, random) => {
  if (cave.fan === "on") {
    condition(air, cave, random);
  } else {
    air.temperature += creep(air.temperature, ambient.temperature, random);
    air.humidity += creep(air.humidity, ambient.humidity, random);
  }
  air.humidity = Math.min(100, air.humidity);
};

/**
 * The cave of AZ-220, which reads its two sensors one after the other: each draws for a failure of the fan, and a fan
 * that broke at the first is off at the second. So it fails with 1 - 0.99² = 1.99 % a tick, not with 1 % as the lab says.
 * Source: AZ-220, lab 15, device code.
 */
export const walkLab: Walk = (air, cave, { ambient }, random) => {
  if (cave.fan === "on") {
    air.temperature += towards(cave.desiredTemperature, air.temperature, random);
    mayBreak(cave, random);
  } else {
    air.temperature += creep(air.temperature, ambient.temperature, random);
  }
  if (cave.fan === "on") {
    air.humidity += towards(cave.desiredHumidity, air.humidity, random);
    mayBreak(cave, random);
  } else {
    air.humidity += creep(air.humidity, ambient.humidity, random);
  }
  air.humidity = Math.min(100, air.humidity);
};

/**
 * The wine cellar that the cave comes from: without the fan it warms up to the room and no further, and humidity goes
 * where it likes.
 * Source: the first Node.js sample of "Remotely monitor and control devices with Azure IoT Hub".
 */
export const walkCellar: Walk = (air, cave, { ambient }, random) => {
  if (cave.fan === "on") {
    condition(air, cave, random);
  } else {
    air.temperature = Math.min(air.temperature + random.next() / 10, ambient.temperature);
    air.humidity += random.next() - 0.5;
  }
  air.humidity = Math.min(100, air.humidity);
};

/** The fan at work: both readings, then its failure. */
function condition(air: Air, cave: Cave, random: Draws): void {
  air.temperature += towards(cave.desiredTemperature, air.temperature, random);
  air.humidity += towards(cave.desiredHumidity, air.humidity, random);
  mayBreak(cave, random);
}

/** `sign(desired - x) * U + U - 0.5`: half a unit a tick on average, and noise of variance 1/6. */
function towards(desired: number, value: number, random: Draws): number {
  const pull = Math.sign(desired - value) * random.next();
  return pull + random.next() - 0.5;
}

/** Back to ambient by `U / 10` while below it by more than 1, else noise `U - 0.5`. */
function creep(value: number, ambient: number, random: Draws): number {
  return value < ambient - 1 ? random.next() / 10 : random.next() - 0.5;
}

function mayBreak(cave: Cave, random: Draws): void {
  if (random.next() < FAN_FAILURE) cave.fan = "failed";
}
