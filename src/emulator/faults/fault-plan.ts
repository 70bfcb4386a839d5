import type { FaultName } from "../../base/fault-kinds.ts";
import { faultKind } from "../../base/fault-kinds.ts";
import type { FaultOrder } from "../../base/fault-order.ts";
import type { FaultTarget } from "./fault-scope.ts";
import { scopeTest } from "./fault-scope.ts";

/** A fault that was put on and has not ended. */
export interface InjectedFault<K extends FaultName = FaultName> {
  /** Its number, from 1, as a text. */
  readonly id: string;
  readonly order: FaultOrder<K>;
  /** In ms since 1970. */
  readonly beginsMs: number;
  /** Infinity without a duration. */
  readonly endsMs: number;
  /** Whether it acts; false before its begin. */
  readonly begun: boolean;
  /** How often it struck. */
  readonly struck: number;
  /** Aborted where it is removed before it is over: what it holds up goes on then. */
  readonly removed: AbortSignal;
  /** Whether a target lies in its scope. */
  readonly covers: (target: FaultTarget) => boolean;
}

/** The same as the plan keeps it. */
interface PlannedFault extends InjectedFault {
  begun: boolean;
  struck: number;
  readonly removal: AbortController;
}

export interface FaultPlanOptions {
  /** Now, in ms since 1970. */
  readonly clock: () => number;
  /** Called once for each fault, when it begins to act. */
  readonly onBegin: (fault: InjectedFault) => void;
  /** Called once for each fault that has begun, after it acts no more. */
  readonly onEnd: (fault: InjectedFault) => void;
}

/**
 * The faults that are on or will be, in the order in which they were put on. Times are looked at when somebody asks, or
 * calls `advance`; there is no timer here.
 */
export class FaultPlan {
  readonly #options: FaultPlanOptions;
  readonly #faults: PlannedFault[] = [];
  #nextMs = Infinity;
  #lastId = 0;

  constructor(options: FaultPlanOptions) {
    this.#options = options;
  }

  /** Whether there is no fault at all, not even one to come. */
  get isEmpty(): boolean {
    return this.#faults.length === 0;
  }

  /** When the next fault begins or ends by its time, in ms since 1970; Infinity where none does. */
  get nextMs(): number {
    return this.#nextMs;
  }

  /** @param covers whom it is for, where the scope's patterns cannot say it */
  add(
    order: FaultOrder,
    covers = scopeTest(faultKind(order.kind).at, order.scope, order.seed),
  ): InjectedFault {
    const now = this.#options.clock();
    const beginsMs = now + order.delayMs;
    const removal = new AbortController();
    const fault = {
      id: String(++this.#lastId),
      order,
      beginsMs,
      endsMs: order.durationMs === undefined ? Infinity : beginsMs + order.durationMs,
      begun: false,
      struck: 0,
      covers,
      removed: removal.signal,
      removal,
    };
    this.#faults.push(fault);
    // By the same time: one that begins now begins, however short it is.
    this.#advanceTo(now);
    return fault;
  }

  /** Those that have not ended. */
  list(): readonly InjectedFault[] {
    this.#advanceIfDue();
    return [...this.#faults];
  }

  /** Those that act on a target now, the oldest first. */
  actingOn(target: FaultTarget): readonly InjectedFault[] {
    if (this.isEmpty) return NONE;
    this.#advanceIfDue();
    return this.#faults.filter((fault) => fault.begun && fault.covers(target));
  }

  /** The oldest of a kind that acts on a target now; it strikes by that. */
  strike<K extends FaultName>(kind: K, target: FaultTarget): InjectedFault<K> | undefined {
    const fault = this.find(kind, target);
    if (fault !== undefined) this.struck(fault);
    return fault;
  }

  /** The same without a strike. */
  find<K extends FaultName>(kind: K, target: FaultTarget): InjectedFault<K> | undefined {
    if (this.isEmpty) return undefined;
    this.#advanceIfDue();
    for (const fault of this.#faults)
      if (fault.begun && isOfKind(fault, kind) && fault.covers(target)) return fault;
    return undefined;
  }

  /** Counts a strike; the last of its `times` ends the fault. */
  struck({ id }: InjectedFault): void {
    const fault = this.#faults.find((one) => one.id === id);
    if (fault === undefined) return;
    fault.struck += 1;
    if (fault.struck === fault.order.times) this.end(id);
  }

  /** Ends a fault whose work is done; undefined where there is none of this id. */
  end(id: string): InjectedFault | undefined {
    return this.#end(id);
  }

  /** Ends a fault before it is over; undefined where there is none of this id. */
  remove(id: string): InjectedFault | undefined {
    const fault = this.#end(id);
    fault?.removal.abort();
    return fault;
  }

  /** Begins and ends what is due by now. */
  advance(): void {
    this.#advanceTo(this.#options.clock());
  }

  #advanceTo(now: number): void {
    for (const fault of this.#faults.slice()) {
      if (!fault.begun && fault.beginsMs <= now && now < fault.endsMs) {
        fault.begun = true;
        this.#options.onBegin(fault);
      }
      if (fault.endsMs <= now) this.end(fault.id);
    }
    this.#setNext();
  }

  #end(id: string): PlannedFault | undefined {
    const at = this.#faults.findIndex((one) => one.id === id);
    const [fault] = at < 0 ? [] : this.#faults.splice(at, 1);
    if (fault === undefined) return undefined;
    this.#setNext();
    if (fault.begun) this.#options.onEnd(fault);
    return fault;
  }

  #advanceIfDue(): void {
    if (this.#options.clock() >= this.#nextMs) this.advance();
  }

  #setNext(): void {
    this.#nextMs = Math.min(
      ...this.#faults.map(({ begun, beginsMs, endsMs }) => (begun ? endsMs : beginsMs)),
    );
  }
}

const NONE: readonly InjectedFault[] = [];

/** Whether a fault is of a kind. */
export function isOfKind<K extends FaultName>(
  fault: InjectedFault,
  kind: K,
): fault is InjectedFault<K> {
  return fault.order.kind === kind;
}
