import { FleetError } from "../../base/errors.ts";
import type { FaultName } from "../../base/fault-kinds.ts";
import type { Surroundings } from "../surroundings.ts";
import { Delays } from "./delays.ts";
import type { FaultOrder } from "../../base/fault-order.ts";
import type { InjectedFault } from "./fault-plan.ts";
import { FaultPlan, isOfKind } from "./fault-plan.ts";
import { FaultsAt } from "./faults-at.ts";

/** Every place that asks for faults looks at all of them. */
const MAX_FAULTS = 1000;

/** Node takes a longer time for none. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** What is done when a fault begins and ends, for kinds that do more than strike those who come. */
export interface FaultActor<K extends FaultName> {
  readonly begin?: (fault: InjectedFault<K>) => void;
  /** For those alone that have begun; also when the emulator stops. */
  readonly end?: (fault: InjectedFault<K>) => void;
}

/** The faults of one emulator: the plan of them, and what happens by itself when their times come. */
export class Faults {
  readonly #plan: FaultPlan;
  readonly #delays: Delays;
  readonly #clock: () => number;
  readonly #actors = new Map<FaultName, FaultActor<FaultName>>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor({ clock, log }: Pick<Surroundings, "clock" | "log">) {
    this.#clock = clock;
    this.#delays = new Delays(clock);
    const faultLog = log.child({ component: "faults" });
    this.#plan = new FaultPlan({
      clock,
      onBegin: (fault) => {
        faultLog.info(factsOf(fault), "fault begins");
        this.#actors.get(fault.order.kind)?.begin?.(fault);
      },
      onEnd: (fault) => {
        faultLog.info({ ...factsOf(fault), struck: fault.struck }, "fault ends");
        this.#actors.get(fault.order.kind)?.end?.(fault);
      },
    });
  }

  /** Before the first fault. One actor a kind. */
  act<K extends FaultName>(kind: K, { begin, end }: FaultActor<K>): void {
    this.#actors.set(kind, {
      begin: (fault) => void (isOfKind(fault, kind) && begin?.(fault)),
      end: (fault) => void (isOfKind(fault, kind) && end?.(fault)),
    });
  }

  /** Whether no fault is on or to come. */
  get none(): boolean {
    return this.#plan.isEmpty;
  }

  /** The same faults as one service meets them. @param service `dps` or a hub's host name */
  at(service: string): FaultsAt {
    return new FaultsAt({
      plan: this.#plan,
      delays: this.#delays,
      service,
      inject: (order, covers) => {
        if (!this.#stopped && !this.#isFull) this.inject(order, covers);
      },
    });
  }

  /**
   * Puts a fault on.
   *
   * @param covers as for `FaultPlan.add`
   * @throws {FleetError} `USAGE` after `stop`, and where too many are on
   */
  inject(order: FaultOrder, covers?: InjectedFault["covers"]): InjectedFault {
    if (this.#stopped) throw new FleetError("USAGE", "fault: the emulator has stopped");
    if (this.#isFull)
      throw new FleetError("USAGE", `fault: ${MAX_FAULTS} are on, which is the most at a time`);
    const fault = this.#plan.add(order, covers);
    this.#arm();
    return fault;
  }

  /** Those that act, and those that wait for their begin, the oldest first. */
  list(): readonly InjectedFault[] {
    return this.#plan.list();
  }

  /** Counts a strike; the last of its `times` ends the fault. */
  struck(fault: InjectedFault): void {
    this.#plan.struck(fault);
    this.#arm();
  }

  /** Ends a fault whose work is done. */
  end({ id }: InjectedFault): void {
    this.#plan.end(id);
    this.#arm();
  }

  /** Ends a fault before it is over; undefined where none of this id is left. */
  remove(id: string): InjectedFault | undefined {
    const fault = this.#plan.remove(id);
    this.#arm();
    return fault;
  }

  /** Ends all faults, and gives them. */
  clear(): readonly InjectedFault[] {
    const faults = this.#plan.list();
    for (const { id } of faults) this.#plan.remove(id);
    this.#arm();
    return faults;
  }

  /** Ends all, lets what they hold up go on, and takes no more; safe to call twice. */
  stop(): void {
    this.#stopped = true;
    this.clear();
    this.#delays.stop();
  }

  get #isFull(): boolean {
    return this.#plan.list().length >= MAX_FAULTS;
  }

  /** One timer, for what comes next. */
  #arm(): void {
    clearTimeout(this.#timer);
    const { nextMs } = this.#plan;
    if (nextMs === Infinity) return;
    const waitMs = Math.min(Math.max(0, nextMs - this.#clock()), MAX_TIMER_MS);
    this.#timer = setTimeout(() => {
      this.#plan.advance();
      this.#arm();
    }, Math.ceil(waitMs));
    this.#timer.unref();
  }
}

function factsOf({ id, order }: InjectedFault): object {
  return { faultId: id, kind: order.kind };
}
