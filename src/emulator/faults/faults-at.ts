import type { FaultName } from "../../base/fault-kinds.ts";
import { faultKind } from "../../base/fault-kinds.ts";
import type { Operation } from "../operations/operation.ts";
import type { Delays } from "./delays.ts";
import { DeviceOrder } from "./device-order.ts";
import type { FaultOrder } from "../../base/fault-order.ts";
import type { FaultPlan, InjectedFault } from "./fault-plan.ts";
import { scopeTest } from "./fault-scope.ts";

type Inject = (order: FaultOrder, covers: InjectedFault["covers"]) => void;

/** The faults as one service meets them. */
export class FaultsAt {
  /** `dps`, or a hub's host name. */
  readonly service: string;
  /** Telemetry on its way in, and PUBACKs on theirs out (MQTT 3.1.1, 4.6). */
  readonly telemetry = new DeviceOrder();
  readonly pubacks = new DeviceOrder();
  readonly #plan: FaultPlan;
  readonly #delays: Delays;
  readonly #inject: Inject;

  constructor(options: {
    readonly plan: FaultPlan;
    readonly delays: Delays;
    readonly service: string;
    readonly inject: Inject;
  }) {
    this.#plan = options.plan;
    this.#delays = options.delays;
    this.service = options.service;
    this.#inject = options.inject;
  }

  /** Whether no fault is on or to come, or holds anything up still: what is often asked looks here first. */
  get none(): boolean {
    return this.#plan.isEmpty && this.telemetry.isIdle && this.pubacks.isIdle;
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

  /**
   * Puts a fault on one device of the service alone: its id is no pattern here, and its case counts. Without effect
   * where the device has one of this kind already, so that what devices ask for has an end, and where there are too many.
   *
   * @param order its scope names the device
   */
  injectFor(deviceId: string, order: FaultOrder): void {
    const { kind, scope, seed } = order;
    const target = { service: this.service, deviceId, operation: scope.operations?.[0] };
    if (this.#plan.list().some((fault) => fault.order.kind === kind && fault.covers(target)))
      return;
    const scoped = { service: this.service, operations: scope.operations };
    const isInScope = scopeTest(faultKind(kind).at, scoped, seed);
    this.#inject(order, (one) => one.deviceId === deviceId && isInScope(one));
  }
}
