import type { Of } from "./part.ts";

type Action = Of<"action">;

/**
 * The timeline as the parts told it, each event once: how many devices were selected and patched is summed.
 *
 * @param parts what each told, in its order, `t` counted from the time 0 of all
 * @returns by `t`
 */
export function mergedActions(parts: readonly (readonly Action[])[]): readonly Action[] {
  const merged = new Map<string, Action>();
  for (const told of parts) {
    /** A timeline may hold the same entry twice. */
    const times = new Map<string, number>();
    for (const action of told) {
      const same = JSON.stringify([action.at, action.desired, action.state]);
      const time = (times.get(same) ?? 0) + 1;
      times.set(same, time);
      const key = `${time}${same}`;
      const known = merged.get(key);
      merged.set(key, known === undefined ? action : both(known, action));
    }
  }
  return [...merged.values()].toSorted((a, b) => a.t - b.t);
}

const both = (a: Action, b: Action): Action => ({
  ...a,
  // It begins with the first part and is done with the last.
  t: a.state === "patching" ? Math.min(a.t, b.t) : Math.max(a.t, b.t),
  selected: a.selected + b.selected,
  patched: a.patched + b.patched,
  error: a.error ?? b.error,
});
