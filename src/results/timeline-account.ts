import { percentilesOf } from "../metrics/histogram.ts";
import type { ActionCalls, ActionEvent, RunEvent } from "../output/output.ts";
import type { TimelineResult } from "../output/summary.ts";
import { mergedCalls } from "./merged-calls.ts";

/** What became of the timeline's actions, by the events that told of them. */
export class TimelineAccount {
  readonly #results = new Map<number, TimelineResult>();
  readonly #calls = new Map<number, ActionCalls>();

  /** Takes any event of the run, in their order. */
  observe(event: RunEvent): void {
    if (event.type !== "action") return;
    const known = this.#results.get(event.action) ?? begin(event);
    this.#results.set(event.action, next(known, event));
    const calls = mergedCalls(this.#calls.get(event.action), event.calls);
    if (calls !== undefined) this.#calls.set(event.action, calls);
  }

  /** In the order of the timeline. */
  results(): readonly TimelineResult[] {
    return [...this.#results.values()]
      .map((result) => ({ ...result, calls: shown(this.#calls.get(result.action)) }))
      .toSorted((a, b) => a.action - b.action);
  }
}

const begin = ({ action, name, kind, at, rounds }: ActionEvent): TimelineResult => ({
  action,
  name: name ?? null,
  kind,
  at,
  notDue: false,
  rounds,
  roundsEnded: 0,
  beganS: null,
  endedS: null,
  selected: 0,
  done: 0,
  failed: 0,
  error: null,
  calls: null,
});

const shown = (calls: ActionCalls | undefined): TimelineResult["calls"] =>
  calls === undefined ? null : { answers: calls.answers, ms: percentilesOf(calls.times) };

function next(known: TimelineResult, event: ActionEvent): TimelineResult {
  const { state, t, selected, done, failed, error } = event;
  switch (state) {
    case "notDue":
      return { ...known, notDue: true };
    case "begun":
      return {
        ...known,
        // What was not due before a run was resumed may be so afterwards.
        notDue: false,
        beganS: known.beganS ?? t / 1_000,
        selected: Math.max(known.selected, selected),
      };
    case "ended":
      return {
        ...known,
        roundsEnded: known.roundsEnded + 1,
        endedS: t / 1_000,
        done: known.done + done,
        failed: known.failed + failed,
        error: known.error ?? error ?? null,
      };
    default:
      return state satisfies never;
  }
}
