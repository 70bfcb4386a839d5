import type { Json, JsonObject, MethodResult } from "../../../src/model/model.ts";
import { FIRMWARE_VERSION, setpointsOf } from "../cave.ts";
import type { CaveDialect, DialectContext } from "../dialect.ts";
import { fanSet, methodFailed, setpointSet } from "../happenings.ts";
import { jsText } from "./js-value.ts";

/**
 * Twin and method of the Node.js samples. Every desired event, the section at the start too, sets both setpoints by
 * `parseFloat`: one that is missing becomes NaN, which silences its alert and, with the fan on, makes the reading NaN
 * for ever. Readings are reported as texts, the `patchId` never is.
 * Source: Microsoft Learn, "Remotely monitor and control devices with Azure IoT Hub", device code.
 */
export class JsDialect implements CaveDialect {
  readonly #context: DialectContext;
  readonly methods: CaveDialect["methods"];

  constructor(context: DialectContext) {
    this.#context = context;
    this.methods = { SetFanState: (payload) => this.#setFanState(payload) };
  }

  desired(patch: JsonObject): JsonObject {
    const { cave } = this.#context;
    cave.desiredTemperature = this.#setpoint("temperature", patch);
    cave.desiredHumidity = this.#setpoint("humidity", patch);
    return this.#reported();
  }

  settled(): JsonObject {
    return setpointsOf(this.#context.cave);
  }

  snapshot(): JsonObject {
    return {};
  }

  restore(): void {
    // All of it is in the cave.
  }

  #setpoint(property: string, patch: JsonObject): number {
    const text = jsText(patch[property]);
    const value = Number.parseFloat(text);
    const line = `Setting desired ${property} to ${text}`;
    this.#context.tell(setpointSet(line, property, Number.isFinite(value) ? value : text));
    return value;
  }

  #setFanState(payload: Json): MethodResult {
    const { cave } = this.#context;
    const text = jsText(payload);
    if (cave.fan === "failed") {
      this.#context.tell(methodFailed("Fan has failed and cannot have its state changed"));
      return { status: 400, payload: `Fan has failed and cannot be set to: ${text}` };
    }
    if (text !== "on" && text !== "off") {
      this.#context.tell(methodFailed("Invalid state response received in payload"));
      return { status: 400, payload: `Invalid direct method parameter: ${text}` };
    }
    cave.fan = text;
    this.#context.tell(fanSet(`Direct method payload received:${text}`));
    return { status: 200, payload: `Fan state set: ${text}`, reported: this.#reported() };
  }

  #reported(): JsonObject {
    const { cave } = this.#context;
    return {
      firmwareVersion: FIRMWARE_VERSION,
      lastPatchReceivedId: "",
      fanState: cave.fan,
      currentTemperature: cave.temperature.toFixed(2),
      currentHumidity: cave.humidity.toFixed(2),
    };
  }
}
