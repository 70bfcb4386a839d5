import { ServiceFault } from "../fault.ts";
import type { Guard } from "../operations/operation-gate.ts";
import type { Operation } from "../operations/operation.ts";
import type { OperationKind } from "../../base/service-operations.ts";
import { isCharged } from "../throttling/hub-costs.ts";
import { DPS_SERVICE } from "../../base/fault-kind.ts";
import type { InjectedFault } from "./fault-plan.ts";
import { isOfKind } from "./fault-plan.ts";
import type { FaultsAt } from "./faults-at.ts";

/**
 * Lets faults strike the operations of a service before they begin: in the order in which they were put on, until one
 * of them refuses.
 */
export function faultGuard(faults: FaultsAt): Guard {
  /** @param past the faults that the operation has passed already */
  const admit = (
    operation: Operation,
    past: ReadonlySet<InjectedFault>,
  ): Promise<void> | undefined => {
    for (const fault of faults.actingOn(operation)) {
      if (past.has(fault)) continue;
      if (isOfKind(fault, "latency")) {
        const held = faults.hold(fault, operation.deviceId);
        faults.struck(fault);
        return admitAfter(held, operation, new Set([...past, fault]));
      }
      const refusal = refusalOf(fault, operation.kind, faults.service === DPS_SERVICE);
      if (refusal === undefined) continue;
      faults.struck(fault);
      throw refusal;
    }
    return undefined;
  };
  const admitAfter = async (
    held: Promise<void>,
    operation: Operation,
    past: ReadonlySet<InjectedFault>,
  ): Promise<void> => {
    await held;
    await admit(operation, past);
  };
  return {
    admit: (operation) => {
      if (faults.none) return undefined;
      const held = admit(operation, NONE);
      const { kind, deviceId } = operation;
      if (kind !== "sendTelemetry" || deviceId === undefined) return held;
      const inOrder = faults.telemetry.after(deviceId, held);
      return inOrder instanceof Promise ? inOrder : undefined;
    },
  };
}

const NONE: ReadonlySet<InjectedFault> = new Set();

/** How a fault refuses an operation; undefined where it does not. */
function refusalOf(
  { id, order }: InjectedFault,
  operation: OperationKind,
  isDps: boolean,
): ServiceFault | undefined {
  const why = `Fault ${id} was put on: ${order.kind}.`;
  if (order.kind === "throttled")
    return new ServiceFault("throttled", why, { retryAfterS: order.parameters.retryAfterS });
  if (order.kind === "serverError") {
    const { status } = order.parameters;
    return new ServiceFault(status === 500 ? "serverError" : "serviceUnavailable", why);
  }
  if (order.kind === "authError")
    return new ServiceFault(isDps ? "dpsUnauthorized" : "unauthorized", why);
  // Those who come are turned away before; this is for what was held up when the service disappeared.
  if (order.kind === "hubGone" || order.kind === "dpsGone")
    return new ServiceFault("serviceUnavailable", why);
  const isMetered = order.scope.operations !== undefined || isCharged(operation);
  if (order.kind === "quotaExceeded" && isMetered) return new ServiceFault("quotaExceeded", why);
  return undefined;
}
