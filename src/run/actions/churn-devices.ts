import { createRandom } from "../../base/random.ts";
import { sleep } from "../../base/retry.ts";
import type { ChurnAction } from "../../scenario/presence-actions.ts";
import type { FleetControl } from "../control/fleet-control.ts";
import type { ActionDoer, ActionOutcome, ActionRound } from "../timeline/action-doer.ts";
import { missedText } from "./missed-text.ts";

export interface ChurnOptions {
  /** There by the time that the first action is due. */
  readonly control: () => Pick<FleetControl, "start" | "stateOf" | "stop">;
  /** ms after time 0. */
  readonly clock: () => number;
  /** That of the run: it says who leaves. */
  readonly seed: number;
}

/** Lets selected devices leave, one by one, each for a while; ends when all of them are back. */
export const churnDevices =
  (options: ChurnOptions): ActionDoer =>
  async (round: ActionRound): Promise<ActionOutcome> => {
    const { action } = round.planned;
    if (action.kind !== "churn") throw new TypeError("no churn action");
    return new Churn(options, action, round).outcome();
  };

/** One round of a churn. */
class Churn {
  readonly #action: ChurnAction;
  readonly #round: ActionRound;
  readonly #control: ReturnType<ChurnOptions["control"]>;
  readonly #clock: () => number;
  readonly #draw: () => number;
  readonly #away = new Map<string, Promise<void>>();
  readonly #returned = new Set<string>();
  readonly #errors: string[] = [];

  constructor({ control, clock, seed }: ChurnOptions, action: ChurnAction, round: ActionRound) {
    this.#action = action;
    this.#round = round;
    this.#control = control();
    this.#clock = clock;
    const names = [round.planned.index, round.round].map(String);
    const random = createRandom(seed, "churn", ...names);
    this.#draw = () => random.next();
  }

  /** @throws the signal's reason, unless the churn lasts as long as the run */
  async outcome(): Promise<ActionOutcome> {
    const { signal } = this.#round;
    try {
      await this.#leave();
      await Promise.all(this.#away.values());
      signal.throwIfAborted();
    } catch (error) {
      const isDone = signal.aborted && this.#action.forMs === undefined;
      if (!isDone) throw error;
    }
    return { done: this.#returned.size, errors: this.#errors };
  }

  /** Lets one device leave at each moment that the rate gives. */
  async #leave(): Promise<void> {
    const { ratePerS, forMs = Infinity } = this.#action;
    const { dueMs, signal } = this.#round;
    for (let count = 0; (count * 1_000) / ratePerS < forMs; count += 1) {
      await sleep(dueMs + (count * 1_000) / ratePerS - this.#clock(), signal);
      const id = this.#drawn();
      if (id === undefined) continue;
      // Rejects on a bug alone.
      this.#away.set(
        id,
        this.#trip(id).finally(() => this.#away.delete(id)),
      );
    }
  }

  /** One of those that are up; undefined = none is. */
  #drawn(): string | undefined {
    const draw = this.#draw();
    const up = this.#round.devices.filter(
      (id) => !this.#away.has(id) && this.#control.stateOf(id) === "streaming",
    );
    return up[Math.floor(draw * up.length)];
  }

  async #trip(id: string): Promise<void> {
    const { how, awayMs } = this.#action;
    const { signal } = this.#round;
    try {
      const left = await this.#control.stop([id], how, { signal });
      await sleep(awayMs, signal);
      const back = await this.#control.start([id], { signal });
      signal.throwIfAborted();
      const missed = [...left.missed, ...back.missed];
      if (missed.length === 0) this.#returned.add(id);
      this.#errors.push(...missed.map(missedText));
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
