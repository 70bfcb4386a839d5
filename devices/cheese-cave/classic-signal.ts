import type { JsonObject, RandomStream } from "../../src/model/model.ts";
import type { Saved } from "../shared/saved.ts";
import { anyNumber } from "../shared/saved.ts";
import type { Cave } from "./cave.ts";
import type { Place } from "./place.ts";
import type { Signal, SignalContext } from "./signal.ts";

/** Air of a place, in its unit and in percent. */
export interface Air {
  temperature: number;
  humidity: number;
}

type Draws = Pick<RandomStream, "next">;

/** One tick of a sample's random walk, in place; the order of its draws is part of the contract. */
export type Walk = (air: Air, cave: Cave, place: Place, random: Draws) => void;

/** Chance of the fan to break for ever, for each time that a sample draws it. */
const FAN_FAILURE = 0.01;

/** The samples' random walk. It goes by ticks, whatever time they stand for. */
export class ClassicSignal implements Signal {
  readonly #context: SignalContext;
  readonly #random: RandomStream;
  readonly #air: Air;

  constructor(context: SignalContext) {
    this.#context = context;
    this.#random = context.random("classic");
    this.#air = { ...context.place.start };
  }

  get temperature(): number {
    return this.#air.temperature;
  }

  get humidity(): number {
    return this.#air.humidity;
  }

  advance(_dtS: number, ticks: number): void {
    const { cave, place, walk } = this.#context;
    for (let tick = 0; tick < ticks; tick += 1) walk(this.#air, cave, place, this.#random);
  }

  snapshot(): JsonObject {
    return {
      temperature: anyNumber(this.#air.temperature),
      humidity: anyNumber(this.#air.humidity),
      random: this.#random.save(),
    };
  }

  restore(saved: Saved): void {
    this.#air.temperature = saved.anyNumber("temperature");
    this.#air.humidity = saved.anyNumber("humidity");
    this.#random.load(saved.numbers("random"));
  }
}

/**
 * The cave of the C# and Node.js samples: temperature, humidity, then, with the fan on, one draw for its failure.
 * Source: Microsoft Learn, "Remotely monitor and control devices with Azure IoT Hub", device code.
 */
export const walkCave: Walk = (air, cave, { ambient }, random) => {
  if (cave.fan === "on") {
    air.temperature += towards(cave.desiredTemperature, air.temperature, random);
    air.humidity += towards(cave.desiredHumidity, air.humidity, random);
    if (random.next() < FAN_FAILURE) cave.fan = "failed";
  } else {
    air.temperature += creep(air.temperature, ambient.temperature, random);
    air.humidity += creep(air.humidity, ambient.humidity, random);
  }
  air.humidity = Math.min(100, air.humidity);
};

/** `sign(desired - x) * U + U - 0.5`: half a unit a tick on average, and noise of variance 1/6. */
function towards(desired: number, value: number, random: Draws): number {
  const pull = Math.sign(desired - value) * random.next();
  return pull + random.next() - 0.5;
}

/** Back to ambient by `U / 10` while below it by more than 1, else noise `U - 0.5`. */
function creep(value: number, ambient: number, random: Draws): number {
  return value < ambient - 1 ? random.next() / 10 : random.next() - 0.5;
}
