import type { Json, JsonObject, MethodResult } from "../../../src/model/model.ts";
import type { DialectContext } from "../dialect.ts";
import { fanSet, methodFailed } from "../happenings.ts";

/**
 * `SetFanState` as a command that no caller can break a fan with: `"on"` or `"off"` in any case, with or without
 * quotes of its own, or `{ "state": "on" }`. Answers are those of the C# sample.
 *
 * @param reported what a success reports
 */
export function commandFan(
  context: DialectContext,
  payload: Json,
  reported: () => JsonObject,
): MethodResult {
  const { cave } = context;
  const wanted = wantedState(payload);
  if (cave.fan === "failed" || wanted === undefined) {
    const result = cave.fan === "failed" ? "Fan failed" : "Invalid parameter";
    context.tell(methodFailed(`Direct method failed: ${JSON.stringify({ result })}`));
    return { status: 400, payload: { result } };
  }
  cave.fan = wanted;
  context.tell(fanSet(`Fan set to: ${wanted}`));
  const result = "Executed direct method: SetFanState";
  return { status: 200, payload: { result }, reported: reported() };
}

function wantedState(payload: Json): "on" | "off" | undefined {
  const state = isObject(payload) ? payload["state"] : payload;
  if (typeof state !== "string") return undefined;
  const text = state.replaceAll(/["\\]/g, "").trim().toLowerCase();
  return text === "on" || text === "off" ? text : undefined;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
