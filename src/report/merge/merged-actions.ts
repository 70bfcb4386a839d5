import { mergedCalls } from "../../results/merged-calls.ts";
import type { Of } from "./part.ts";

type Action = Of<"action">;

/**
 * The timeline as the parts told it, each event once: how many devices were selected and done is summed.
 *
 * @param parts what each told, in its order, `t` counted from the time 0 of all
 * @returns by `t`
 */
export function mergedActions(parts: readonly (readonly Action[])[]): readonly Action[] {
  const merged = new Map<string, Action>();
  for (const told of parts) {
    for (const action of told) {
      const key = JSON.stringify([action.action, action.round, action.state]);
      const known = merged.get(key);
      merged.set(key, known === undefined ? action : both(known, action));
    }
  }
  return [...merged.values()].toSorted((a, b) => a.t - b.t);
}

const both = (a: Action, b: Action): Action => ({
  ...a,
  // It begins with the first part and is done with the last.
  t: a.state === "begun" ? Math.min(a.t, b.t) : Math.max(a.t, b.t),
  selected: a.selected + b.selected,
  done: a.done + b.done,
  failed: a.failed + b.failed,
  ...definedError(a.error ?? b.error),
  ...definedCalls(mergedCalls(a.calls, b.calls)),
});

const definedError = (error: string | undefined): Pick<Action, "error"> =>
  error === undefined ? {} : { error };

const definedCalls = (calls: Action["calls"]): Pick<Action, "calls"> =>
  calls === undefined ? {} : { calls };
