import type { Json, JsonObject } from "../../../src/model/model.ts";
import type { Speed } from "../belt.ts";
import { SPEEDS } from "../belt.ts";

/** A speed in any case; undefined for all else. */
export function speedOf(wish: Json | undefined): Speed | undefined {
  const wanted = typeof wish === "string" ? wish.trim().toLowerCase() : undefined;
  return SPEEDS.find((speed) => speed === wanted);
}

/** What the method `SetSpeed` asks for, as the speed itself or as `{ "speed": … }`; undefined where it is none. */
export function commandedSpeed(payload: Json): Speed | undefined {
  return speedOf(isObject(payload) ? payload["speed"] : payload);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
