import type { Json } from "../../src/model/model.ts";
import type { Cave } from "./classic-signal.ts";
import { FAN_STATES } from "./classic-signal.ts";
import type { TwinState } from "./module-twin.ts";

/** The whole inner state of a cave. */
export interface CaveSnapshot {
  readonly cave: Cave;
  readonly twin: TwinState;
  readonly random: readonly number[];
}

/**
 * Reads what a cave's `snapshot` gave, perhaps in another process.
 *
 * @throws {TypeError} naming the member that is not what a cave saves
 */
export function readSnapshot(state: Json): CaveSnapshot {
  const cave = member(state, "cave");
  const twin = member(state, "twin");
  return {
    cave: {
      temperatureF: numberAt(cave, "temperatureF"),
      humidityPct: numberAt(cave, "humidityPct"),
      fan: FAN_STATES.find((known) => known === member(cave, "fan")) ?? refuse("fan"),
      desiredTemperatureF: numberAt(cave, "desiredTemperatureF"),
      desiredHumidityPct: numberAt(cave, "desiredHumidityPct"),
    },
    twin: {
      telemetryInterval: optionalNumberAt(twin, "telemetryInterval"),
      telemetryDelay: optionalNumberAt(twin, "telemetryDelay"),
      lastPatchReceivedId: textAt(twin, "lastPatchReceivedId"),
    },
    random: numbersAt(state, "random"),
  };
}

function member(value: Json | undefined, key: string): Json | undefined {
  return typeof value === "object" && value !== null && !isList(value) ? value[key] : undefined;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function numberAt(value: Json | undefined, key: string): number {
  const found = member(value, key);
  return typeof found === "number" ? found : refuse(key);
}

function optionalNumberAt(value: Json | undefined, key: string): number | null {
  return member(value, key) === null ? null : numberAt(value, key);
}

function textAt(value: Json | undefined, key: string): string {
  const found = member(value, key);
  return typeof found === "string" ? found : refuse(key);
}

function numbersAt(value: Json | undefined, key: string): readonly number[] {
  const found = member(value, key) ?? null;
  if (!isList(found)) return refuse(key);
  return found.map((word) => (typeof word === "number" ? word : refuse(key)));
}

function refuse(key: string): never {
  throw new TypeError(`cheese-cave snapshot: ${key} is missing or not what a cave saves`);
}
