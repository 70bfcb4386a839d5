import type { FaultName } from "../../base/fault-kinds.ts";
import { FAULT_KINDS } from "../../base/fault-kinds.ts";
import type { FaultOrder } from "../../base/fault-order.ts";
import type { InjectedFault } from "./fault-plan.ts";

/** A fault as it is listed. */
export interface FaultDocument {
  readonly id: string;
  readonly kind: FaultName;
  readonly layer: string;
  /** `waiting` until its begin. */
  readonly state: "waiting" | "active";
  readonly parameters: FaultOrder["parameters"];
  readonly scope: FaultOrder["scope"];
  readonly seed: number;
  /** ISO 8601, in UTC. */
  readonly beginsAt: string;
  /** Where it has a duration. */
  readonly endsAt?: string;
  /** Where it has a count. */
  readonly times?: number;
  /** How often it struck. */
  readonly struck: number;
}

export function faultDocument(fault: InjectedFault): FaultDocument {
  const { kind, parameters, scope, seed, times } = fault.order;
  return {
    id: fault.id,
    kind,
    layer: FAULT_KINDS[kind].layer,
    state: fault.begun ? "active" : "waiting",
    parameters,
    scope,
    seed,
    beginsAt: new Date(fault.beginsMs).toISOString(),
    ...(fault.endsMs === Infinity ? {} : { endsAt: new Date(fault.endsMs).toISOString() }),
    ...(times === undefined ? {} : { times }),
    struck: fault.struck,
  };
}
