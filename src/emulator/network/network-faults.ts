import { createRandom } from "../../base/random.ts";
import type { InjectedFault } from "../faults/fault-plan.ts";
import type { Faults } from "../faults/faults.ts";
import type { Passage } from "./detour.ts";
import type { Wire } from "./wire.ts";
import type { Wires } from "./wires.ts";

type Cutting = "killTcp" | "shutDownMqtt";

/** Lets the faults of the network act on connections: on those that are open, and on those that come. */
export class NetworkFaults {
  readonly #faults: Faults;
  readonly #wires: Wires;
  readonly #blackHoles = new Set<InjectedFault<"blackHole">>();
  readonly #latencies = new Set<InjectedFault<"networkLatency">>();
  /** What makes forgotten connections be answered, by the fault that made them forgotten. */
  readonly #forgotten = new Map<string, (() => void)[]>();

  constructor(faults: Faults, wires: Wires) {
    this.#faults = faults;
    this.#wires = wires;
  }

  /** Before the first fault. */
  begin(): void {
    const faults = this.#faults;
    this.#wires.onArrival((wire) => {
      if (!faults.none) this.#arrived(wire);
    });
    for (const kind of ["killTcp", "shutDownMqtt"] as const)
      faults.act(kind, { begin: (fault) => this.#beginCutting(fault) });
    faults.act("halfOpen", {
      begin: (fault) => this.#forget(fault),
      end: ({ id }) => {
        for (const answer of this.#forgotten.get(id) ?? []) answer();
        this.#forgotten.delete(id);
      },
    });
    faults.act("blackHole", {
      begin: (fault) => this.#lay(this.#blackHoles, fault),
      end: (fault) => this.#fill(fault),
    });
    faults.act("networkLatency", {
      begin: (fault) => this.#lay(this.#latencies, fault),
      end: (fault) => {
        this.#latencies.delete(fault);
        for (const wire of this.#covered(fault)) wire.pass(this.#passageOf(wire));
      },
    });
  }

  #arrived(wire: Wire): void {
    if (this.#cut(wire)) return;
    for (const fault of [...this.#blackHoles, ...this.#latencies])
      if (fault.covers(wire)) this.#faults.struck(fault);
    wire.pass(this.#passageOf(wire));
  }

  #beginCutting(fault: InjectedFault<Cutting>): void {
    for (const wire of this.#covered(fault)) this.#cut(wire);
    const { durationMs, times } = fault.order;
    if (durationMs === undefined && times === undefined) this.#faults.end(fault);
  }

  /** @returns whether there is a fault that cuts the connection */
  #cut(wire: Wire): boolean {
    const at = this.#faults.at(wire.service);
    const kill = at.strike("killTcp", wire.deviceId);
    if (kill !== undefined) {
      wire.cut(kill.order.parameters.how);
      return true;
    }
    if (at.strike("shutDownMqtt", wire.deviceId) === undefined) return false;
    wire.shutDown();
    return true;
  }

  #forget(fault: InjectedFault<"halfOpen">): void {
    const answers: (() => void)[] = [];
    this.#forgotten.set(fault.id, answers);
    for (const wire of this.#covered(fault)) {
      // The last of its `times` has ended it.
      if (!this.#forgotten.has(fault.id)) return;
      answers.push(wire.forget());
      this.#faults.struck(fault);
    }
  }

  #lay<F extends InjectedFault<"blackHole"> | InjectedFault<"networkLatency">>(
    active: Set<F>,
    fault: F,
  ): void {
    active.add(fault);
    for (const wire of this.#covered(fault)) {
      wire.pass(this.#passageOf(wire));
      this.#faults.struck(fault);
    }
  }

  #fill(fault: InjectedFault<"blackHole">): void {
    this.#blackHoles.delete(fault);
    for (const wire of this.#covered(fault))
      if (fault.order.parameters.afterwards === "reset") wire.cut("reset");
      else wire.pass(this.#passageOf(wire));
  }

  #covered(fault: InjectedFault): readonly Wire[] {
    return this.#wires.all().filter((wire) => !wire.isGone && fault.covers(wire));
  }

  /** A black hole swallows all; several latencies add up. */
  #passageOf(wire: Wire): Passage | undefined {
    for (const fault of this.#blackHoles) if (fault.covers(wire)) return { kind: "blocked" };
    const delays = [...this.#latencies].filter((fault) => fault.covers(wire)).map(delayOf(wire));
    if (delays.length === 0) return undefined;
    return { kind: "delayed", delayMs: () => delays.reduce((sum, delay) => sum + delay(), 0) };
  }
}

/** A stream of delays for each connection's device: the same for the same seed. */
const delayOf =
  ({ service, deviceId }: Wire) =>
  ({ order }: InjectedFault<"networkLatency">): (() => number) => {
    const { ms, jitterMs } = order.parameters;
    const random = createRandom(order.seed, "networkLatency", service, deviceId);
    return () => Math.max(0, ms + jitterMs * (2 * random.next() - 1));
  };
