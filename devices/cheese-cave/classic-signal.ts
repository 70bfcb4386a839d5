import type { JsonObject, RandomStream } from "../../src/model/model.ts";
import type { Saved } from "../shared/saved.ts";
import { anyNumber } from "../shared/saved.ts";
import type { Air } from "./classic-walks.ts";
import type { Signal, SignalContext } from "./signal.ts";

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
