import type { ActionEvent, RunEvent } from "../output/output.ts";
import type { TimelineResult } from "../output/summary.ts";

/** What became of the timeline's actions, by the events that told of them. */
export class TimelineAccount {
  readonly #results = new Map<number, TimelineResult>();

  /** Takes any event of the run, in their order. */
  observe(event: RunEvent): void {
    if (event.type !== "action") return;
    const known = this.#results.get(event.action) ?? begin(event);
    this.#results.set(event.action, next(known, event));
  }

  /** In the order of the timeline. */
  results(): readonly TimelineResult[] {
    return [...this.#results.values()].toSorted((a, b) => a.action - b.action);
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
});

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
