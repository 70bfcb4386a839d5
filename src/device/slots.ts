import pLimit from "p-limit";

/** Runs work while holding one of a bounded number of slots. */
export type Slots = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * The slots of one shard: at most `concurrency` devices have a handshake or a request under way; undefined = no bound.
 * Never ask for a slot inside work that holds one: with all slots taken that way, nobody goes on.
 */
export function createSlots(concurrency: number | undefined): Slots {
  if (concurrency === undefined) return (work) => work();
  const limit = pLimit(concurrency);
  return (work) => limit(work);
}
