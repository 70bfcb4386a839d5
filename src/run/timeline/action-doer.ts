import type { ActionKind } from "../../scenario/timeline-action.ts";
import type { ActionEvent } from "../../output/output.ts";
import type { PlannedAction } from "../../plan/planned-action.ts";

/** One time that an action is done. */
export interface ActionRound {
  readonly planned: PlannedAction;
  /** From 1. */
  readonly round: number;
  /** Registration ids of the selected devices; none, where the action is about no devices. */
  readonly devices: readonly string[];
  /** When it was due, ms after time 0. */
  readonly dueMs: number;
  /** Aborted when the run ends. */
  readonly signal: AbortSignal;
}

/** What came of a round. */
export interface ActionOutcome {
  /** How many it was done to. */
  readonly done: number;
  /** Why it could not be done to the others, one each. */
  readonly errors: readonly string[];
  /** Where devices were called: what they answered. */
  readonly calls?: ActionEvent["calls"];
}

/**
 * Does one round of an action, to its end.
 *
 * @throws {FleetError} where nothing of it can be done; the signal's reason
 */
export type ActionDoer = (round: ActionRound) => Promise<ActionOutcome>;

/** Who does what. */
export type ActionDoers = Readonly<Record<ActionKind, ActionDoer>>;
