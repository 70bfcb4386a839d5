import type { Json, JsonObject, MethodResult } from "../../../src/model/model.ts";
import { FAN_STATES } from "../cave.ts";
import type { DialectContext } from "../dialect.ts";
import { fanRepaired, fanSet, methodFailed } from "../happenings.ts";

/**
 * The direct method `SetFanState` of the C# sample. It parses the payload as the name or number of an enum value,
 * case-sensitive and without quotes, so `"failed"` and `"2"` break the fan.
 *
 * @param reported what a success reports
 */
export function setFanState(
  context: DialectContext,
  payload: Json,
  reported: () => JsonObject,
): MethodResult {
  const { cave } = context;
  const text = JSON.stringify(payload).replaceAll(/["\\]/g, "").trim();
  const wanted = FAN_STATES.find((state, value) => text === state || text === String(value));
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

/**
 * The direct method `RepairFan`, which no sample has: a failed fan is off again, any other stays as it is.
 *
 * @param reported what a repair reports
 */
export function repairFan(context: DialectContext, reported: () => JsonObject): MethodResult {
  const { cave } = context;
  const payload = { result: "Fan repaired" };
  if (cave.fan !== "failed") return { status: 200, payload };
  cave.fan = "off";
  context.tell(fanRepaired());
  return { status: 200, payload, reported: reported() };
}
