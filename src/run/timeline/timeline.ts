import { setMaxListeners } from "node:events";

import type { Deferred } from "../../base/deferred.ts";
import { deferred } from "../../base/deferred.ts";
import { FleetError } from "../../base/errors.ts";
import { orAborted } from "../../base/or-aborted.ts";
import { sleep } from "../../base/retry.ts";
import type { ActionEvent } from "../../output/output.ts";
import type { PlannedAction } from "../../plan/planned-action.ts";
import { isOfOtherParts } from "../../plan/planned-action.ts";
import type { PlannedSelection } from "../../plan/select-devices.ts";
import { memberOf } from "../../scenario/timeline-action.ts";
import type { ActionDoers, ActionOutcome, ActionRound } from "./action-doer.ts";
import { whatIsDone } from "./what-is-done.ts";

export interface TimelineOptions {
  readonly actions: readonly PlannedAction[];
  readonly doers: ActionDoers;
  /** The devices of a selection, as they are now. @throws {FleetError} where services cannot be asked */
  readonly select: (selection: PlannedSelection, signal: AbortSignal) => Promise<readonly string[]>;
  /** ms after time 0. */
  readonly clock: () => number;
  readonly emit: (event: ActionEvent) => void;
}

/** An action, and the end that others wait for. */
interface Entry {
  readonly planned: PlannedAction;
  /** Rounds that had begun before a run went on, and when the first of them was, ms after time 0. */
  past?: { readonly rounds: number; readonly firstMs: number; readonly lastMs: number };
  /** When, ms after time 0. */
  readonly ended: Deferred<number>;
}

/** Does the plan's actions when they are due, each in its rounds, and tells of them. */
export class Timeline {
  readonly #options: TimelineOptions;
  readonly #entries: Entry[];
  readonly #stopping = new AbortController();
  readonly #connected = deferred<number>();
  readonly #running: Promise<void>[] = [];
  #awaitsConnected: boolean;
  #stopped = false;

  constructor(options: TimelineOptions) {
    this.#options = options;
    // Every call under way listens to the one signal; Node would warn of a leak from the eleventh on.
    setMaxListeners(0, this.#stopping.signal);
    this.#entries = options.actions.map((planned) => ({
      planned,
      ended: deferred<number>(),
    }));
    this.#awaitsConnected = options.actions.some(({ when }) => when.from === "connected");
  }

  /**
   * Takes what was told before a run went on, in its order; before `start()`. A round that had begun is not begun again,
   * whether it ended or not: nobody knows how much of it was done.
   */
  recall({ action, state, round, t }: ActionEvent): void {
    const entry = this.#entries.find(({ planned }) => planned.index === action);
    if (entry === undefined || state === "notDue") return;
    const { rounds = 0, firstMs = t } = entry.past ?? {};
    entry.past = { rounds: Math.max(rounds, round), firstMs, lastMs: t };
  }

  /** Time 0 is now or known to `clock`; schedules every action. */
  start(): void {
    for (const entry of this.#entries) this.#running.push(this.#run(entry));
  }

  /** Does one more action, once devices may start; nothing once it is stopped. */
  add(planned: PlannedAction): void {
    if (this.#stopped) return;
    const entry: Entry = { planned, ended: deferred<number>() };
    this.#entries.push(entry);
    this.#running.push(this.#run(entry));
  }

  /** Whether an action waits for every device to be connected. */
  get awaitsConnected(): boolean {
    return this.#awaitsConnected;
  }

  /** Every device is connected; safe to tell more than once. */
  allConnected(): void {
    this.#awaitsConnected = false;
    this.#connected.resolve(this.#options.clock());
  }

  /** Drops what is not due yet and waits for what is under way; safe to call twice. */
  async stop(): Promise<void> {
    if (!this.#stopped) {
      this.#stopped = true;
      this.#stopping.abort(new Error("the run has ended"));
    }
    await Promise.all(this.#running);
  }

  /** Never rejects, but on a bug: what fails is told by an event. Of an action for other parts of the fleet nothing is told. */
  async #run({ planned, past, ended }: Entry): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stopping;
    const isOthers = isOfOtherParts(planned);
    const { times, everyMs } = planned.repeat;
    const { rounds: begun = 0 } = past ?? {};
    if (past !== undefined && begun >= times) {
      ended.resolve(past.lastMs);
      return;
    }
    let dueMs: number;
    try {
      dueMs = past?.firstMs ?? (await this.#anchorMs(planned)) + planned.when.delayMs;
      await sleep(dueMs - clock(), signal);
    } catch {
      if (!isOthers && past === undefined) this.#tell(planned, { state: "notDue", round: 0 });
      return;
    }
    let devices: readonly string[] | undefined;
    for (let round = begun + 1; round <= times && !signal.aborted; round += 1) {
      try {
        await sleep(dueMs + (round - 1) * everyMs - clock(), signal);
      } catch {
        break;
      }
      if (isOthers) continue;
      devices ??= await this.#select(planned, round);
      if (devices === undefined) break;
      await this.#round({ planned, round, devices, dueMs: dueMs + (round - 1) * everyMs, signal });
    }
    ended.resolve(clock());
  }

  /** When that which the action is relative to came to pass, ms after time 0. @throws the signal's reason */
  async #anchorMs({ when }: PlannedAction): Promise<number> {
    if (when.from === "start") return 0;
    const anchor =
      when.from === "connected"
        ? this.#connected
        : this.#entries.find(({ planned }) => planned.index === when.index)?.ended;
    // The plan has seen to it that there is one.
    if (anchor === undefined) throw new TypeError("no such action");
    return orAborted(anchor.promise, this.#stopping.signal);
  }

  /** @returns undefined where it cannot be found out: that is told */
  async #select(planned: PlannedAction, round: number): Promise<readonly string[] | undefined> {
    try {
      return await this.#options.select(planned.selection, this.#stopping.signal);
    } catch (error) {
      this.#failed(planned, round, 0, error);
      return undefined;
    }
  }

  async #round(round: ActionRound): Promise<void> {
    const { planned, devices } = round;
    const selected = devices.length;
    this.#tell(planned, { state: "begun", round: round.round, selected });
    let outcome: ActionOutcome;
    try {
      outcome = await this.#options.doers[planned.action.kind](round);
    } catch (error) {
      this.#failed(planned, round.round, selected, error);
      return;
    }
    const { done, errors, calls } = outcome;
    const [error] = errors;
    this.#tell(planned, {
      state: "ended",
      round: round.round,
      selected,
      done,
      failed: errors.length,
      error,
      calls,
    });
  }

  #failed(planned: PlannedAction, round: number, selected: number, error: unknown): void {
    const isExpected = error instanceof FleetError || this.#stopping.signal.aborted;
    if (!isExpected) throw error;
    const message = error instanceof Error ? error.message : String(error);
    const failed = Math.max(1, selected);
    this.#tell(planned, { state: "ended", round, selected, failed, error: message });
  }

  #tell(
    { index, name, at, repeat, action }: PlannedAction,
    told: Pick<ActionEvent, "state" | "round"> &
      Partial<Pick<ActionEvent, "selected" | "done" | "failed" | "error" | "calls">>,
  ): void {
    const { state, round, selected = 0, done = 0, failed = 0, error, calls } = told;
    this.#options.emit({
      type: "action",
      t: Math.round(this.#options.clock()),
      action: index,
      ...(name === undefined ? {} : { name }),
      kind: memberOf(action.kind),
      at,
      state,
      round,
      rounds: repeat.times,
      selected,
      done,
      failed,
      what: whatIsDone(action, round),
      ...(error === undefined ? {} : { error }),
      ...(calls === undefined ? {} : { calls }),
    });
  }
}
