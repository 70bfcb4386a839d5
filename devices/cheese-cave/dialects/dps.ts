import type { Json, JsonObject } from "../../../src/model/model.ts";
import { setpointsOf } from "../cave.ts";
import { walkCave } from "../classic-walks.ts";
import type { CaveDialect, DialectContext, DialectKind } from "../dialect.ts";
import { desiredRefused } from "../../shared/desired.ts";
import { fanSet, setpointSet, twinFailed } from "../happenings.ts";
import { csharpText } from "../message.ts";
import { CHEESE_CAVE } from "../place.ts";
import { parseDouble } from "./csharp-value.ts";

/**
 * The device that registers by X.509 certificate: no direct method, the fan is a desired property, the desired section
 * is applied at the start too, each property is optional, and every event is answered.
 * Source: Microsoft Learn, "Securely provision IoT devices at scale with Device Provisioning Service", device code.
 */
export const DPS: DialectKind = {
  place: CHEESE_CAVE,
  walk: walkCave,
  style: { reading: csharpText, contentType: "none" },
  create: (context) => new DpsDialect(context),
};

class DpsDialect implements CaveDialect {
  readonly methods = {};
  readonly #context: DialectContext;

  constructor(context: DialectContext) {
    this.#context = context;
  }

  desired(patch: JsonObject): JsonObject | undefined {
    const { cave } = this.#context;
    const wasApplied =
      (cave.fan === "failed" || this.#fan(patch["fanstate"])) &&
      this.#setpoint("temperature", patch, (value) => (cave.desiredTemperature = value)) &&
      this.#setpoint("humidity", patch, (value) => (cave.desiredHumidity = value));
    if (!wasApplied) return undefined;
    return {
      fanstate: cave.fan,
      humidity: cave.desiredHumidity,
      temperature: cave.desiredTemperature,
    };
  }

  settled(): JsonObject {
    const { cave } = this.#context;
    return { ...setpointsOf(cave), fanstate: cave.fan };
  }

  snapshot(): JsonObject {
    return {};
  }

  restore(): void {
    // All of it is in the cave.
  }

  /** @returns false where the sample's program throws */
  #fan(wish: Json | undefined): boolean {
    if (wish === undefined) return true;
    const text = csharpString(wish);
    if (text === undefined || text === null) return this.#thrown("fanstate");
    const wanted = text.toLowerCase();
    if (wanted === "on" || wanted === "off") {
      this.#context.cave.fan = wanted;
      this.#context.tell(fanSet(`Set the fan to: ${wanted}`));
    } else {
      this.#context.tell(desiredRefused(`Illegal fan state received: ${wanted}`, "fanstate"));
    }
    return true;
  }

  /** @returns false where the sample's program throws */
  #setpoint(property: string, patch: JsonObject, set: (value: number) => void): boolean {
    const wish = patch[property];
    if (wish === undefined) return true;
    const text = csharpString(wish);
    if (text === undefined) return this.#thrown(property);
    const value = text === null ? undefined : parseDouble(text);
    if (value === undefined) {
      const line = `Illegal ${property} received: ${text ?? ""}`;
      this.#context.tell(desiredRefused(line, property));
    } else {
      set(value);
      const line = `Setting the desired ${property} to: ${text}`;
      this.#context.tell(setpointSet(line, property, value));
    }
    return true;
  }

  #thrown(property: string): false {
    this.#context.tell(twinFailed(`Desired ${property} cannot be read`));
    return false;
  }
}

/** What C# makes of a JSON value where a text is wanted; undefined = it throws. */
function csharpString(value: Json): string | null | undefined {
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return String(value);
  return typeof value === "string" || value === null ? value : undefined;
}
