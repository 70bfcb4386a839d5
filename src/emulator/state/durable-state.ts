import { Journal } from "./journal.ts";
import type { JournalOptions } from "./journal.ts";
import { KeptLog } from "./kept-log.ts";
import { KeptTable } from "./kept-table.ts";
import type { Codec, Log, Packing, State, Table } from "./state.ts";
import type { StoreContent, StoredRow } from "./store-content.ts";

/** State that a store keeps, and what was kept before. */
export class DurableState implements State {
  readonly #journal: Journal;
  readonly #rows = new Map<string, StoredRow[]>();
  readonly #logs: StoreContent["logs"];
  readonly #problems: string[] = [];

  /** @param content of the present format */
  constructor(content: Pick<StoreContent, "rows" | "logs">, options: JournalOptions) {
    this.#journal = new Journal(options);
    for (const row of content.rows) {
      const rows = this.#rows.get(row.table);
      if (rows === undefined) this.#rows.set(row.table, [row]);
      else rows.push(row);
    }
    this.#logs = content.logs;
  }

  /** Rows and entries that no table and no log could read, a line each. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  table<V>(name: string, codec: Codec<V>): Table<V> {
    const table = new KeptTable(name, codec, this.#journal);
    const refused = table.fill(this.#rows.get(name) ?? []);
    this.#rows.delete(name);
    for (const { key, message } of refused)
      this.#problems.push(`${JSON.stringify(`${name} ${key}`)}: ${message}`);
    return table;
  }

  tablesBelow(prefix: string): readonly string[] {
    return [...this.#rows.keys()].filter((name) => name.startsWith(prefix));
  }

  log<E, K>(name: string, packing: Packing<E, K>): Log<E, K> {
    const entries = this.#logs.get(name) ?? [];
    const kept = entries.flatMap(({ number, packed }, at) => {
      const before = entries[at - 1];
      if (before !== undefined && before.number + 1 !== number)
        this.#problems.push(`${name} ${before.number + 1}: is missing`);
      const entry = packing.unpack(packed);
      if (entry !== undefined) return [{ number, entry }];
      this.#problems.push(`${name} ${number}: expected an entry of this log`);
      return [];
    });
    return new KeptLog(name, packing, this.#journal, kept);
  }

  afterSaved(act: (error?: Error) => void): void {
    this.#journal.afterSaved(act);
  }

  saved(): Promise<void> | undefined {
    return this.#journal.saved();
  }

  /** Begins to write, and resolves when all that is there is kept. */
  async begin(): Promise<void> {
    this.#journal.begin();
    await this.#journal.saved();
  }

  /** Waits for what is not written yet; safe to call twice, and never rejects. */
  end(): Promise<void> {
    return this.#journal.end();
  }
}
