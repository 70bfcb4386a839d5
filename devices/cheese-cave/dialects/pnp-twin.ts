import type { DesiredContext, JsonObject } from "../../../src/model/model.ts";
import { PnpInterval } from "../../shared/pnp-interval.ts";
import type { Saved } from "../../shared/saved.ts";
import { anyNumber } from "../../shared/saved.ts";
import { FIRMWARE_VERSION } from "../cave.ts";
import type { DialectContext } from "../dialect.ts";
import { FlatNames } from "./flat-names.ts";
import { PnpSetpoint } from "./pnp-setpoint.ts";

/** The twin of a Plug and Play cave: three writable properties, each acknowledged, and what the cave tells of itself. */
export class PnpTwin {
  readonly #context: DialectContext;
  readonly #temperature: PnpSetpoint;
  readonly #humidity: PnpSetpoint;
  readonly #interval: PnpInterval;
  readonly #flat: FlatNames;

  constructor(context: DialectContext) {
    this.#context = context;
    this.#temperature = new PnpSetpoint("temperature", context);
    this.#humidity = new PnpSetpoint("humidity", context);
    this.#interval = new PnpInterval();
    this.#flat = new FlatNames(context);
  }

  get intervalS(): number | undefined {
    return this.#interval.wantedS ?? this.#flat.intervalS;
  }

  /** Applies a desired section or patch; undefined where it asks for nothing that is known here. */
  apply(patch: JsonObject, context: DesiredContext): JsonObject | undefined {
    const isFlat = this.#flat.apply(patch, context);
    const answers: JsonObject = {
      ...(context.initial ? this.#self() : {}),
      ...this.#temperature.apply(patch, context),
      ...this.#humidity.apply(patch, context),
      ...this.#interval.apply(patch, context),
    };
    if (!isFlat && Object.keys(answers).length === 0) return undefined;
    return { ...this.#flat.reported(), ...answers };
  }

  /** The fan, by all names that are in use. */
  reportedFan(): JsonObject {
    return { ...this.#flat.reportedFan(), fanState: this.#context.cave.fan };
  }

  /** After a step: tells what was reached, and what became known. */
  stepped(intervalS: number): void {
    const planned = this.intervalS === undefined ? intervalS : undefined;
    const news: JsonObject = {
      ...this.#temperature.stepped(),
      ...this.#humidity.stepped(),
      ...this.#interval.stepped(planned),
    };
    if (Object.keys(news).length > 0) this.#context.report(news);
  }

  /** As in `ModelDevice`. */
  settled(): JsonObject {
    const { cave } = this.#context;
    return {
      ...this.#flat.settled(),
      desiredTemperature: anyNumber(cave.desiredTemperature),
      desiredHumidity: anyNumber(cave.desiredHumidity),
      telemetryInterval: this.#interval.wantedS ?? null,
    };
  }

  snapshot(): JsonObject {
    return {
      temperature: this.#temperature.snapshot(),
      humidity: this.#humidity.snapshot(),
      interval: this.#interval.snapshot(),
      flat: this.#flat.snapshot(),
    };
  }

  /** @throws {TypeError} on what is no such snapshot */
  restore(saved: Saved): void {
    this.#temperature.restore(saved.part("temperature"));
    this.#humidity.restore(saved.part("humidity"));
    this.#interval.restore(saved.part("interval"));
    this.#flat.restore(saved.part("flat"));
  }

  #self(): JsonObject {
    const { cave, place } = this.#context;
    return {
      fanState: cave.fan,
      temperatureLimit: place.limits.temperature,
      humidityLimit: place.limits.humidity,
      firmwareVersion: FIRMWARE_VERSION,
    };
  }
}
