import { isJsonObject } from "../../base/json.ts";
import type { StoredRow } from "./store-content.ts";

/** What becomes of a row in the next format: several rows, one, or none. */
export type Migration = (row: StoredRow) => readonly StoredRow[];

/** The first format that there was. */
const FIRST_FORMAT = 1;

/** From format 1 to 2, from 2 to 3, and so on. */
const MIGRATIONS: readonly Migration[] = [listSubscriptions];

/** The format that this version writes. */
export const FORMAT = FIRST_FORMAT + MIGRATIONS.length;

/** Brings rows of an older format to the present one. */
export function migrated(rows: readonly StoredRow[], from: number): readonly StoredRow[] {
  return MIGRATIONS.slice(from - FIRST_FORMAT).reduce(
    (before, migration) => before.flatMap(migration),
    rows,
  );
}

/** Format 1 had the subscriptions of a session by filter, and so lost their order: now they are a list. */
function listSubscriptions(row: StoredRow): readonly StoredRow[] {
  if (!row.table.endsWith("/sessions") || !isJsonObject(row.value)) return [row];
  return [{ ...row, value: Object.entries(row.value).map(([topic, qos]) => ({ topic, qos })) }];
}
