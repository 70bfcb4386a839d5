import { setMaxListeners } from "node:events";

import type { SeededRandom } from "../../base/random.ts";
import { createRandom } from "../../base/random.ts";
import { ServiceFault } from "../fault.ts";
import { waitUntil } from "../wait-until.ts";
import type { InjectedFault } from "./fault-plan.ts";

/** More than this many are not held up at a time, but refused: a device may ask without end. */
const MAX_HELD = 100_000;

interface Held {
  readonly dueMs: number;
  readonly turn: Promise<void>;
}

/** What one fault holds up. */
interface Queue {
  /** Aborted when nothing shall wait any more. */
  readonly over: AbortSignal;
  readonly random: SeededRandom;
  /** The last that waits, by device. */
  readonly last: Map<string, Held>;
}

/** Holds up what faults delay, that of one device in its order. */
export class Delays {
  readonly #clock: () => number;
  readonly #queues = new WeakMap<InjectedFault, Queue>();
  readonly #stopped = new AbortController();
  #held = 0;

  /** @param clock now, in ms since 1970 */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /**
   * Waits as long as the fault says, or until it is removed.
   *
   * @throws {ServiceFault} `throttled` where too much is held up
   */
  hold(fault: InjectedFault<"latency" | "pubackLate">, deviceId = ""): Promise<void> {
    if (this.#held >= MAX_HELD)
      throw new ServiceFault("throttled", `Fault ${fault.id} holds up too much at a time.`);
    const queue = this.#queueOf(fault);
    const { ms, jitterMs } = fault.order.parameters;
    const lateMs = Math.max(0, ms + jitterMs * (2 * queue.random.next() - 1));
    const before = queue.last.get(deviceId);
    const dueMs = Math.max(this.#clock() + lateMs, before?.dueMs ?? 0);
    const turn = this.#wait(before?.turn, dueMs, queue.over);
    const held = { dueMs, turn };
    queue.last.set(deviceId, held);
    return forgotten(queue.last, deviceId, held);
  }

  /** Everything that waits, and will, goes on at once. */
  stop(): void {
    this.#stopped.abort();
  }

  async #wait(before: Promise<void> | undefined, dueMs: number, over: AbortSignal): Promise<void> {
    this.#held += 1;
    await before;
    await waitUntil(dueMs, this.#clock, over);
    this.#held -= 1;
  }

  #queueOf(fault: InjectedFault): Queue {
    const known = this.#queues.get(fault);
    if (known !== undefined) return known;
    const over = AbortSignal.any([fault.removed, this.#stopped.signal]);
    // All that is held up listens to the one signal; Node would warn of a leak from the eleventh on.
    setMaxListeners(0, over);
    const queue: Queue = {
      over,
      random: createRandom(fault.order.seed, "delays"),
      last: new Map(),
    };
    this.#queues.set(fault, queue);
    return queue;
  }
}

/** The end of a wait; nothing is kept of a device that waits no more. */
async function forgotten(last: Map<string, Held>, deviceId: string, held: Held): Promise<void> {
  await held.turn;
  if (last.get(deviceId) === held) last.delete(deviceId);
}
