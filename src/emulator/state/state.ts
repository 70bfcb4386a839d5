import type { z } from "zod";

/**
 * How the values of a table are written down: `z.encode` gives JSON, `z.decode` gives the value back and refuses what is
 * none. `codecs.ts` has the parts.
 */
export type Codec<V> = z.ZodType<V>;

/** A `Map` whose writes are kept, in its order. Values are replaced, never changed in place. */
export type Table<V> = Map<string, V>;

/**
 * How the entries of a log are written down, and what is read of them at the next start.
 *
 * @template K what was kept of an entry
 */
export interface Packing<E, K> {
  pack(entry: E): Packed;
  /** @returns undefined for what is none */
  unpack(packed: Packed): K | undefined;
}

/** A head of JSON, and bytes as they are. */
export interface Packed {
  readonly head: string;
  readonly body: Buffer;
}

/** Entries by ascending numbers: they are added at the end, and dropped from the beginning. */
export interface Log<E, K> {
  /** Calls `visit` for what was kept before this start, oldest first. */
  replay(visit: (kept: K, number: number) => void): void;
  /** The caller does not change the entry any more. */
  append(number: number, entry: E): void;
  /** Forgets all entries before `number`. */
  dropBefore(number: number): void;
}

/** What is there to be kept. Memory is the master: reading and writing wait for nothing. */
export interface State {
  /**
   * The table of that name, with what was kept of it; a name is asked for once.
   *
   * @param name without the character U+0000
   */
  table<V>(name: string, codec: Codec<V>): Table<V>;
  /** The names below `prefix` of tables that had rows when the emulator started. */
  tablesBelow(prefix: string): readonly string[];
  /** As for tables. */
  log<E, K>(name: string, packing: Packing<E, K>): Log<E, K>;
  /**
   * Calls `act` once all that was written up to now is kept: at once where nothing waits for that, else in the order of
   * the calls. `error` says that it never will be.
   */
  afterSaved(act: (error?: Error) => void): void;
  /** The same as a promise; undefined where nothing waits. */
  saved(): Promise<void> | undefined;
}

/** The state of an emulator that begins anew at every start: nothing is kept, and nothing waits. */
export const MEMORY_STATE: State = {
  table: () => new Map(),
  tablesBelow: () => [],
  log: () => ({ replay: () => {}, append: () => {}, dropBefore: () => {} }),
  afterSaved: (act) => act(),
  saved: () => undefined,
};
