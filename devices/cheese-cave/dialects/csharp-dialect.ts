import type { DesiredContext, JsonObject } from "../../../src/model/model.ts";
import type { Saved } from "../../shared/saved.ts";
import { setpointsOf } from "../cave.ts";
import type { CaveDialect, DialectContext } from "../dialect.ts";
import { initialTwin, setpointSet, twinFailed } from "../happenings.ts";
import type { FanNames } from "./csharp-fan.ts";
import { CsharpFan } from "./csharp-fan.ts";
import { toDouble } from "./csharp-value.ts";

/**
 * Twin and method of the C# samples of the remote monitoring module and of AZ-220. They show the desired section at
 * the start without applying it. A patch must have both setpoints: humidity is read first, and a name that is missing
 * or cannot be read ends it there, with nothing reported.
 * Source: Microsoft Learn, "Remotely monitor and control devices with Azure IoT Hub"; AZ-220, lab 15; device code.
 */
export class CsharpDialect implements CaveDialect {
  readonly #context: DialectContext;
  readonly #fan: CsharpFan;
  readonly methods: CaveDialect["methods"];

  constructor(context: DialectContext, names: FanNames) {
    this.#context = context;
    const fan = new CsharpFan(context, names);
    this.#fan = fan;
    this.methods = { SetFanState: (payload) => fan.setFanState(payload) };
  }

  desired(patch: JsonObject, { initial, version }: DesiredContext): JsonObject | undefined {
    if (initial) {
      this.#context.tell(initialTwin({ ...patch, $version: version }));
      return undefined;
    }
    const { cave } = this.#context;
    const humidity = toDouble(patch["humidity"]);
    if (humidity === undefined) return this.#givenUp();
    cave.desiredHumidity = humidity;
    const temperature = toDouble(patch["temperature"]);
    if (temperature === undefined) return this.#givenUp();
    cave.desiredTemperature = temperature;
    this.#set("humidity", humidity);
    this.#set("temperature", temperature);
    return { fanstate: this.#fan.text, humidity, temperature };
  }

  settled(): JsonObject {
    return setpointsOf(this.#context.cave);
  }

  snapshot(): JsonObject {
    return this.#fan.snapshot();
  }

  restore(saved: Saved): void {
    this.#fan.restore(saved);
  }

  #givenUp(): undefined {
    this.#context.tell(twinFailed("Failed to update device twin"));
  }

  #set(property: string, value: number): void {
    this.#context.tell(setpointSet(`Setting desired ${property} to ${value}`, property, value));
  }
}
