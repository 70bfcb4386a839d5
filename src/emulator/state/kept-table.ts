import { z } from "zod";
import type { ChangeSource, Journal, StoreOperation } from "./journal.ts";
import type { Codec } from "./state.ts";
import type { StoredRow } from "./store-content.ts";
import { putRow } from "./store-content.ts";
import { rowKey } from "./stored-bytes.ts";

/** A row as it was read from the store. */
export type KeptRow = Pick<StoredRow, "key" | "ordinal" | "value">;

/** A table in memory that tells a journal what changes; what a row is at the time of the write is what is written. */
export class KeptTable<V> extends Map<string, V> implements ChangeSource {
  readonly #name: string;
  readonly #codec: Codec<V>;
  readonly #journal: Journal;
  readonly #ordinals = new Map<string, number>();
  readonly #changed = new Set<string>();
  #next = 0;

  constructor(name: string, codec: Codec<V>, journal: Journal) {
    super();
    this.#name = name;
    this.#codec = codec;
    this.#journal = journal;
  }

  /**
   * Puts in what was kept.
   *
   * @returns what the codec says of each row that it refuses, by the row's key
   */
  fill(rows: readonly KeptRow[]): readonly { readonly key: string; readonly message: string }[] {
    return rows
      .toSorted((a, b) => a.ordinal - b.ordinal)
      .flatMap(({ key, ordinal, value }) => {
        const decoded = z.safeDecode(this.#codec, value);
        if (!decoded.success) return [{ key, message: z.prettifyError(decoded.error) }];
        this.#ordinals.set(key, ordinal);
        this.#next = ordinal + 1;
        super.set(key, decoded.data);
        return [];
      });
  }

  override set(key: string, value: V): this {
    if (!this.#ordinals.has(key)) this.#ordinals.set(key, this.#next++);
    super.set(key, value);
    this.#note(key);
    return this;
  }

  override delete(key: string): boolean {
    if (!super.delete(key)) return false;
    this.#ordinals.delete(key);
    this.#note(key);
    return true;
  }

  override clear(): void {
    for (const key of this.keys()) this.delete(key);
  }

  takeChanges(operations: StoreOperation[]): void {
    for (const key of this.#changed) operations.push(this.#change(key));
    this.#changed.clear();
  }

  #change(key: string): StoreOperation {
    const stored = rowKey(this.#name, key);
    const value = this.get(key);
    const ordinal = this.#ordinals.get(key);
    if (value === undefined || ordinal === undefined) return { type: "del", key: stored };
    return putRow({ table: this.#name, key, ordinal, value: z.encode(this.#codec, value) });
  }

  #note(key: string): void {
    this.#changed.add(key);
    this.#journal.touch(this);
  }
}
