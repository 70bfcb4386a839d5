import type { Json, JsonObject, MethodResult } from "../../../src/model/model.ts";
import type { Cave, FanState } from "../cave.ts";
import { FAN_STATES } from "../cave.ts";

/**
 * The direct method of the C# sample, on `cave` in place. It parses the payload as the name or number of an enum
 * value, case-sensitive and with quotes stripped, so `"failed"` and `"2"` break the fan; nothing mends it.
 */
export function setFanState(cave: Cave, payload: Json, report: () => JsonObject): MethodResult {
  if (cave.fan === "failed") return { status: 400, payload: { result: "Fan failed" } };
  const wanted = parseFanState(payload);
  if (wanted === undefined) return { status: 400, payload: { result: "Invalid parameter" } };
  cave.fan = wanted;
  return {
    status: 200,
    payload: { result: "Executed direct method: SetFanState" },
    reported: report(),
  };
}

function parseFanState(payload: Json): FanState | undefined {
  const text = JSON.stringify(payload).replaceAll(/["\\]/g, "").trim();
  return FAN_STATES.find((state, value) => text === state || text === String(value));
}
