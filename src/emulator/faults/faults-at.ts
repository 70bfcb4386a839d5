import type { FaultName } from "../../base/fault-kinds.ts";
import type { Operation } from "../operations/operation.ts";
import type { Delays } from "./delays.ts";
import type { FaultPlan, InjectedFault } from "./fault-plan.ts";

/** The faults as one service meets them. */
export class FaultsAt {
  /** `dps`, or a hub's host name. */
  readonly service: string;
  readonly #plan: FaultPlan;
  readonly #delays: Delays;

  constructor(options: {
    readonly plan: FaultPlan;
    readonly delays: Delays;
    readonly service: string;
  }) {
    this.#plan = options.plan;
    this.#delays = options.delays;
    this.service = options.service;
  }

  /** Whether no fault is on or to come: what is often asked looks here first. */
  get none(): boolean {
    return this.#plan.isEmpty;
  }

  /** The oldest fault of a kind that acts on a device now, or on the service as a whole; it strikes by that. */
  strike<K extends FaultName>(kind: K, deviceId?: string): InjectedFault<K> | undefined {
    return this.#plan.strike(kind, { service: this.service, deviceId });
  }

  /** All that act on an operation now, the oldest first. */
  actingOn({ deviceId, kind: operation }: Operation): readonly InjectedFault[] {
    return this.#plan.actingOn({ service: this.service, deviceId, operation });
  }

  /** Counts a strike of one of them. */
  struck(fault: InjectedFault): void {
    this.#plan.struck(fault);
  }

  /** As `Delays.hold`. */
  hold(fault: Parameters<Delays["hold"]>[0], deviceId: string | undefined): Promise<void> {
    return this.#delays.hold(fault, deviceId);
  }
}
