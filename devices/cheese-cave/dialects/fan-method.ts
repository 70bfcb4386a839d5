import type { JsonObject, MethodResult } from "../../../src/model/model.ts";
import type { FanState } from "../cave.ts";
import type { DialectContext } from "../dialect.ts";
import { fanRepaired, fanSet, methodFailed } from "../happenings.ts";

interface Saying {
  /** What people are told that was asked for; absent = the state. */
  readonly shown?: string;
  /** What is reported when it is done; absent = nothing. */
  readonly reported?: () => JsonObject;
}

/**
 * The direct method `SetFanState`, its payload read, with the answers of the C# samples.
 *
 * @param wanted undefined where the payload asks for no state
 */
export function setFan(
  context: DialectContext,
  wanted: FanState | undefined,
  { shown = wanted, reported }: Saying = {},
): MethodResult {
  const { cave } = context;
  if (cave.fan === "failed" || wanted === undefined) {
    const payload = { result: cave.fan === "failed" ? "Fan failed" : "Invalid parameter" };
    context.tell(methodFailed(`Direct method failed: ${JSON.stringify(payload)}`));
    return { status: 400, payload };
  }
  cave.fan = wanted;
  context.tell(fanSet(`Fan set to: ${shown}`));
  const payload = { result: "Executed direct method: SetFanState" };
  return reported === undefined
    ? { status: 200, payload }
    : { status: 200, payload, reported: reported() };
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
