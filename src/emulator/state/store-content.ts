import { z } from "zod";
import type { StoreOperation } from "./journal.ts";
import type { Packed } from "./state.ts";
import type { Store } from "./store.ts";
import { packedFrom, parseStoredKey, rowKey, seal, unseal } from "./stored-bytes.ts";

/** A row of a table, as it is written: `value` is JSON. */
export interface StoredRow {
  readonly table: string;
  readonly key: string;
  /** Where it stands in the table's order. */
  readonly ordinal: number;
  readonly value: unknown;
}

/** An entry of a log. */
export interface StoredEntry {
  readonly number: number;
  readonly packed: Packed;
}

/** What a store holds. */
export interface StoreContent {
  readonly rows: readonly StoredRow[];
  /** Of each log, by ascending numbers. */
  readonly logs: ReadonlyMap<string, readonly StoredEntry[]>;
  /** What cannot be read, a line each. */
  readonly problems: readonly string[];
}

export const NO_CONTENT: StoreContent = { rows: [], logs: new Map(), problems: [] };

const rowText = z.tuple([z.int().min(0), z.unknown()]);

/** Reads all of it. @throws {FleetError} `FILE_INVALID` where the store says that it is damaged */
export async function readStore(store: Store): Promise<StoreContent> {
  const rows: StoredRow[] = [];
  const logs = new Map<string, StoredEntry[]>();
  const problems: string[] = [];
  for await (const [stored, sealed] of store.all()) {
    const key = parseStoredKey(stored);
    const content = unseal(stored, sealed);
    const entry = key?.kind === "entry" && content !== undefined ? packedFrom(content) : undefined;
    if (key?.kind === "row" && content !== undefined) {
      const [ordinal, value] = rowText.parse(JSON.parse(content.toString("utf8")));
      rows.push({ table: key.table, key: key.key, ordinal, value });
    } else if (key?.kind === "entry" && entry !== undefined) {
      const entries = logs.get(key.log);
      if (entries === undefined) logs.set(key.log, [{ number: key.number, packed: entry }]);
      else entries.push({ number: key.number, packed: entry });
    } else {
      const what = key === undefined ? "is not of an emulator" : "is not as it was written";
      problems.push(`${JSON.stringify(stored.replaceAll("\0", " "))} ${what}`);
    }
  }
  return { rows, logs, problems };
}

/** The change that writes a row. */
export function putRow({ table, key, ordinal, value }: StoredRow): StoreOperation {
  const stored = rowKey(table, key);
  const text = JSON.stringify([ordinal, value]);
  return { type: "put", key: stored, value: seal(stored, Buffer.from(text)) };
}
