import type { FaultName } from "../../base/fault-kinds.ts";
import type { Operation } from "../operations/operation.ts";
import type { FaultPlan, InjectedFault } from "./fault-plan.ts";

/** The faults as one service meets them. */
export class FaultsAt {
  readonly #plan: FaultPlan;
  readonly #service: string;

  /** @param service `dps` or a hub's host name */
  constructor(plan: FaultPlan, service: string) {
    this.#plan = plan;
    this.#service = service;
  }

  /** Whether no fault is on or to come: what is often asked looks here first. */
  get none(): boolean {
    return this.#plan.isEmpty;
  }

  /** The oldest fault of a kind that acts on a device now, or on the service as a whole; it strikes by that. */
  strike<K extends FaultName>(kind: K, deviceId?: string): InjectedFault<K> | undefined {
    return this.#plan.strike(kind, { service: this.#service, deviceId });
  }

  /** All that act on an operation now, the oldest first. */
  actingOn({ deviceId, kind: operation }: Operation): readonly InjectedFault[] {
    return this.#plan.actingOn({ service: this.#service, deviceId, operation });
  }

  /** Counts a strike of one of them. */
  struck(fault: InjectedFault): void {
    this.#plan.struck(fault);
  }
}
