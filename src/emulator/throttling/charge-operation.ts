import type { FaultKind } from "../fault.ts";
import type { Outcome } from "../operations/operation-gate.ts";
import type { Operation } from "../operations/operation.ts";
import type { DailyQuota } from "./daily-quota.ts";
import { costsOf } from "./hub-costs.ts";

/** The device was called, or would have been, and gave no answer that counts. */
const UNANSWERED: ReadonlySet<FaultKind> = new Set<FaultKind>([
  "deviceNotOnline",
  "gatewayTimeout",
  "badDeviceResponse",
]);

/**
 * Charges an operation that ended to the day's messages. What was refused costs nothing, except the call of a method
 * that its device did not answer: that costs the request.
 */
export function chargeOperation(
  quota: DailyQuota,
  operation: Operation,
  { fault, answerBytes }: Outcome,
): void {
  const charge = costsOf(operation.kind)?.charge ?? "free";
  if (fault !== undefined) {
    if (charge === "both" && UNANSWERED.has(fault.kind)) quota.charge(operation.bytes);
    return;
  }
  switch (charge) {
    case "free":
      return;
    case "asked":
      quota.charge(operation.bytes);
      return;
    case "answer":
      quota.charge(answerBytes);
      return;
    case "both":
      quota.charge(operation.bytes);
      quota.charge(answerBytes);
      return;
    default:
      charge satisfies never;
  }
}
