import { ServiceFault } from "../fault.ts";
import type { Guard } from "../operations/operation-gate.ts";
import type { InjectedFault } from "./fault-plan.ts";
import type { FaultsAt } from "./faults-at.ts";

/**
 * Lets faults strike the operations of a service before they begin: in the order in which they were put on, until one
 * of them refuses.
 */
export function faultGuard(faults: FaultsAt): Guard {
  return {
    admit: (operation) => {
      if (faults.none) return undefined;
      for (const fault of faults.actingOn(operation)) {
        const refusal = refusalOf(fault);
        if (refusal === undefined) continue;
        faults.struck(fault);
        throw refusal;
      }
      return undefined;
    },
  };
}

/** How a fault refuses; undefined for those that do not. */
function refusalOf({ id, order }: InjectedFault): ServiceFault | undefined {
  const why = `Fault ${id} was put on: ${order.kind}.`;
  switch (order.kind) {
    case "throttled":
      return new ServiceFault("throttled", why, { retryAfterS: order.parameters.retryAfterS });
    default:
      return undefined;
  }
}
