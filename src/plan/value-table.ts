import type { OpenTable, TableRow } from "../base/csv-table.ts";
import { parseOpenTable } from "../base/csv-table.ts";
import type { Problem } from "../base/errors.ts";

/** Names the device of a row; without this column the first row is the first device's, and so on. */
export const ID_COLUMN = "registrationId";

/** A table of values, a row a device. */
export interface ValueTable extends Pick<OpenTable, "columns" | "rows"> {
  /** undefined = rows go by their order. */
  readonly byId: ReadonlyMap<string, TableRow<string>> | undefined;
}

/**
 * Reads a table (CSV) with any columns and at least one row. Never throws.
 *
 * @param source the file's name, as messages show it
 */
export function parseValueTable(
  text: string,
  source: string,
): { readonly table: ValueTable; readonly problems: readonly Problem[] } {
  const { columns, rows, problems } = parseOpenTable(text, source);
  const found = [...problems];
  if (rows.length === 0 && found.length === 0) {
    found.push({ place: source, message: "expected a row for each device, got none" });
  }
  if (!columns.includes(ID_COLUMN))
    return { table: { columns, rows, byId: undefined }, problems: found };
  const byId = new Map<string, TableRow<string>>();
  for (const row of rows) {
    const id = row.cells[ID_COLUMN];
    if (id === undefined) {
      found.push({ place: row.place, message: `expected a ${ID_COLUMN}, got an empty cell` });
      continue;
    }
    const other = byId.get(id);
    if (other !== undefined) {
      const message = `expected each registration id once, got "${id}" again, as in ${other.place}`;
      found.push({ place: row.place, message });
    }
    byId.set(id, row);
  }
  return { table: { columns, rows, byId }, problems: found };
}
