import type { FaultsAt } from "./faults-at.ts";
import { DPS_SERVICE } from "../../base/fault-kind.ts";

/** How a service that has disappeared answers those who come; undefined where it is there. */
export function goneAnswer(faults: FaultsAt): "close" | "notFound" | undefined {
  if (faults.none) return undefined;
  const gone = faults.strike(faults.service === DPS_SERVICE ? "dpsGone" : "hubGone");
  return gone?.order.parameters.answer;
}
