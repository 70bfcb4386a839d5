import type { DesiredContext, Json, JsonObject } from "../../../src/model/model.ts";
import { illegalWish, intervalOf, numberOf } from "../../shared/desired.ts";
import { round2 } from "../../shared/rounding.ts";
import type { Saved } from "../../shared/saved.ts";
import { FIRMWARE_VERSION, setpointsOf } from "../cave.ts";
import type { DialectContext } from "../dialect.ts";
import { fanSet, setpointSet } from "../happenings.ts";

/** What a whole section lacks gets its default. Not the fan: a method may have set it, and an absent wish does not undo that. */
const EMPTY_SECTION: JsonObject = {
  temperature: null,
  humidity: null,
  telemetryInterval: null,
  telemetryDelay: null,
  patchId: null,
};

/**
 * A twin as every version of the samples may write and read it. Desired: each field optional, numbers or texts,
 * `fanstate` or `fanState`. What cannot be used keeps the old value, so a reading never becomes NaN; null, and in a
 * whole section absence, brings the default back.
 */
export class ModuleTwin {
  readonly #context: DialectContext;
  /** What the twin asked for under either name, in seconds; null = not asked for. */
  #telemetryInterval: number | null = null;
  #telemetryDelay: number | null = null;
  /** `patchId` of the last patch that had one. */
  #lastPatchReceivedId = "";

  constructor(context: DialectContext) {
    this.#context = context;
  }

  get intervalS(): number | undefined {
    return this.#telemetryInterval ?? this.#telemetryDelay ?? undefined;
  }

  /** Applies a desired section or patch. */
  apply(patch: JsonObject, { initial }: DesiredContext): void {
    const { cave, place } = this.#context;
    const desired = initial ? { ...EMPTY_SECTION, ...patch } : patch;
    const { setpoints } = place;
    cave.desiredTemperature = this.#setpoint(
      ["temperature", desired["temperature"]],
      cave.desiredTemperature,
      setpoints.temperature,
    );
    cave.desiredHumidity = this.#setpoint(
      ["humidity", desired["humidity"]],
      cave.desiredHumidity,
      setpoints.humidity,
    );
    this.#setFan(desired["fanstate"] ?? desired["fanState"] ?? fanRemoval(desired));
    this.#telemetryInterval = this.#interval("telemetryInterval", desired, this.#telemetryInterval);
    this.#telemetryDelay = this.#interval("telemetryDelay", desired, this.#telemetryDelay);
    this.#lastPatchReceivedId = patchId(desired["patchId"], this.#lastPatchReceivedId);
  }

  /** Flat, under the names of all samples at once: C# readers look for `fanstate` and echoed setpoints, Node.js readers for the rest. */
  reported(): JsonObject {
    const { cave } = this.#context;
    return {
      fanstate: cave.fan,
      humidity: cave.desiredHumidity,
      temperature: cave.desiredTemperature,
      fanState: cave.fan,
      currentTemperature: round2(cave.temperature),
      currentHumidity: round2(cave.humidity),
      firmwareVersion: FIRMWARE_VERSION,
      lastPatchReceivedId: this.#lastPatchReceivedId,
      telemetryInterval: this.#telemetryInterval,
      telemetryDelay: this.#telemetryDelay,
    };
  }

  /** As in `ModelDevice`. */
  settled(): JsonObject {
    const { cave } = this.#context;
    return {
      ...setpointsOf(cave),
      fanstate: cave.fan,
      fanState: cave.fan,
      telemetryInterval: this.#telemetryInterval,
      telemetryDelay: this.#telemetryDelay,
      patchId: this.#lastPatchReceivedId,
    };
  }

  snapshot(): JsonObject {
    return {
      telemetryInterval: this.#telemetryInterval,
      telemetryDelay: this.#telemetryDelay,
      lastPatchReceivedId: this.#lastPatchReceivedId,
    };
  }

  /** @throws {TypeError} naming the member that is not what a twin saves */
  restore(saved: Saved): void {
    this.#telemetryInterval = saved.optionalNumber("telemetryInterval");
    this.#telemetryDelay = saved.optionalNumber("telemetryDelay");
    this.#lastPatchReceivedId = saved.text("lastPatchReceivedId");
  }

  #setpoint(
    [property, wish]: readonly [string, Json | undefined],
    old: number,
    byDefault: number,
  ): number {
    const value = wish === null ? byDefault : numberOf(wish);
    if (value === undefined) {
      if (wish !== undefined) this.#refuse(property, wish);
      return old;
    }
    if (value !== old) {
      const text = `Setting desired ${property} to ${value}`;
      this.#context.tell(setpointSet(text, property, value));
    }
    return value;
  }

  #interval(property: string, desired: JsonObject, old: number | null): number | null {
    const wish = desired[property];
    if (wish === null) return null;
    const value = intervalOf(wish);
    if (value === undefined && wish !== undefined) this.#refuse(property, wish);
    return value ?? old;
  }

  /** A failed fan stays failed. */
  #setFan(wish: Json | undefined): void {
    const { cave } = this.#context;
    if (wish === undefined || cave.fan === "failed") return;
    const wanted = typeof wish === "string" ? wish.toLowerCase() : wish;
    if (wanted !== "on" && wanted !== "off") {
      this.#refuse("fanstate", wish);
    } else if (wanted !== cave.fan) {
      cave.fan = wanted;
      this.#context.tell(fanSet(`Set the fan to: ${wanted}`));
    }
  }

  #refuse(property: string, wish: Json): void {
    this.#context.tell(illegalWish(property, wish));
  }
}

function fanRemoval(desired: JsonObject): "off" | undefined {
  return desired["fanstate"] === null || desired["fanState"] === null ? "off" : undefined;
}

function patchId(wish: Json | undefined, old: string): string {
  if (wish === null) return "";
  return typeof wish === "string" ? wish : old;
}
