import type { ChangeSource, Journal, StoreOperation } from "./journal.ts";
import type { Log, Packing } from "./state.ts";
import { entryKey, packedParts, seal } from "./stored-bytes.ts";

/** Entries that are dropped one by one in a write; of more, the rest goes with the next writes. */
const DROPS_MAX = 4096;

interface Numbered<T> {
  readonly number: number;
  readonly entry: T;
}

/** A log that tells a journal what comes and what goes; it holds no entry once it is written. */
export class KeptLog<E, K> implements Log<E, K>, ChangeSource {
  readonly #name: string;
  readonly #packing: Packing<E, K>;
  readonly #journal: Journal;
  /** What was kept when the emulator started; given away by `replay`. */
  #kept: readonly Numbered<K>[];
  #added: Numbered<E>[] = [];
  /** The store has no entry before this one. */
  #first: number;
  #wantedFirst: number;

  constructor(
    name: string,
    packing: Packing<E, K>,
    journal: Journal,
    kept: readonly Numbered<K>[],
  ) {
    this.#name = name;
    this.#packing = packing;
    this.#journal = journal;
    this.#kept = kept;
    this.#first = this.#wantedFirst = kept[0]?.number ?? Infinity;
  }

  replay(visit: (kept: K, number: number) => void): void {
    const kept = this.#kept;
    this.#kept = [];
    for (const { entry, number } of kept) visit(entry, number);
  }

  append(number: number, entry: E): void {
    if (this.#first === Infinity) this.#first = this.#wantedFirst = number;
    this.#added.push({ number, entry });
    this.#journal.touch(this);
  }

  dropBefore(number: number): void {
    this.#wantedFirst = Math.max(this.#wantedFirst, number);
    this.#journal.touch(this);
  }

  takeChanges(operations: StoreOperation[]): void {
    for (const { number, entry } of this.#added) {
      if (number < this.#wantedFirst) continue;
      const key = entryKey(this.#name, number);
      const value = seal(key, ...packedParts(this.#packing.pack(entry)));
      operations.push({ type: "put", key, value });
    }
    this.#added = [];
    const end = Math.min(this.#wantedFirst, this.#first + DROPS_MAX);
    for (let number = this.#first; number < end; number++)
      operations.push({ type: "del", key: entryKey(this.#name, number) });
    this.#first = Math.max(this.#first, end);
    if (this.#first < this.#wantedFirst) this.#journal.touch(this);
  }
}
