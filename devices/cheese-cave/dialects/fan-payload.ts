import type { Json, JsonObject } from "../../../src/model/model.ts";
import type { FanState } from "../cave.ts";
import { FAN_STATES } from "../cave.ts";

/**
 * The state that a payload of `SetFanState` asks for as the C# sample reads it: name or number of an enum value,
 * case-sensitive and without quotes, so `"failed"` and `"2"` break the fan. undefined = none.
 */
export function enumState(payload: Json): FanState | undefined {
  const text = withoutQuotes(JSON.stringify(payload));
  return FAN_STATES.find((state, value) => text === state || text === String(value));
}

/**
 * The same as a command reads it with which no caller breaks a fan: `"on"` or `"off"` in any case, with or without
 * quotes of its own, or `{ "state": "on" }`.
 */
export function commandedState(payload: Json): "on" | "off" | undefined {
  const state = isObject(payload) ? payload["state"] : payload;
  if (typeof state !== "string") return undefined;
  const text = withoutQuotes(state).toLowerCase();
  return text === "on" || text === "off" ? text : undefined;
}

function withoutQuotes(text: string): string {
  return text.replaceAll(/["\\]/g, "").trim();
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
