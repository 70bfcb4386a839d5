import { setMaxListeners } from "node:events";

import { FleetError } from "../base/errors.ts";
import type { Pace } from "./pace.ts";

/** How the call for one item ended. */
export type CallOutcome<Item, Value> =
  | { readonly item: Item; readonly ok: true; readonly value: Value }
  | { readonly item: Item; readonly ok: false; readonly error: FleetError };

/** Of many calls. */
export interface CallProgress {
  readonly done: number;
  readonly failed: number;
  readonly total: number;
}

export interface PacedCalls<Item, Value> {
  readonly items: readonly Item[];
  /** By the service that the item is at, for instance. */
  readonly paceOf: (item: Item) => Pace;
  /** How many calls {@link work} makes for an item; default 1. */
  readonly cost?: number | undefined;
  /** @throws {FleetError} where it fails for this item */
  readonly work: (item: Item, signal: AbortSignal) => Promise<Value>;
  readonly signal?: AbortSignal | undefined;
  /** Told as each ends, in the order in which they do. */
  readonly onOutcome?:
    ((outcome: CallOutcome<Item, Value>, progress: CallProgress) => void) | undefined;
}

/**
 * One call for each item, many at a time and no faster than their paces. One that fails does not keep the others.
 *
 * @returns how each ended, in the order of the items; once the signal aborts, those that had ended by then
 * @throws once nothing is under way any more: anything that a call throws and that is no `FleetError`, or that `onOutcome`
 *   throws, which begins no further call
 */
export async function pacedCalls<Item, Value>(
  calls: PacedCalls<Item, Value>,
): Promise<readonly CallOutcome<Item, Value>[]> {
  const { items, paceOf, cost, work, onOutcome } = calls;
  const halt = new AbortController();
  const signal =
    calls.signal === undefined ? halt.signal : AbortSignal.any([calls.signal, halt.signal]);
  // Every call that waits listens to it.
  setMaxListeners(0, signal);
  let done = 0;
  let failed = 0;
  const one = async (item: Item): Promise<CallOutcome<Item, Value>> => {
    try {
      const outcome = await outcomeOf(item, () =>
        paceOf(item).run(() => work(item, signal), { signal, cost }),
      );
      // What a stop cut off has no outcome.
      if (!outcome.ok) signal.throwIfAborted();
      done += 1;
      if (!outcome.ok) failed += 1;
      onOutcome?.(outcome, { done, failed, total: items.length });
      return outcome;
    } catch (error) {
      halt.abort(error);
      throw error;
    }
  };
  const ended = await Promise.allSettled(items.map(one));
  if (calls.signal?.aborted !== true) halt.signal.throwIfAborted();
  return ended.flatMap((end) => (end.status === "fulfilled" ? [end.value] : []));
}

async function outcomeOf<Item, Value>(
  item: Item,
  call: () => Promise<Value>,
): Promise<CallOutcome<Item, Value>> {
  try {
    return { item, ok: true, value: await call() };
  } catch (error) {
    if (error instanceof FleetError) return { item, ok: false, error };
    throw error;
  }
}
