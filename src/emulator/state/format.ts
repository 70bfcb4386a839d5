import { z } from "zod";
import { FleetError } from "../../base/errors.ts";
import type { DataFolder } from "./folder.ts";
import type { StoreOperation } from "./journal.ts";
import { FORMAT, migrated } from "./migrations.ts";
import type { StoreContent, StoredRow } from "./store-content.ts";
import { putRow } from "./store-content.ts";
import { rowKey } from "./stored-bytes.ts";
import { damaged } from "./store.ts";

/** Where a store says in which format it is. */
const PLACE = { table: "folder", key: "format" } as const;

/** Every format has this record, whatever else changes. */
const formatRecord = z.looseObject({ format: z.int().min(1), version: z.string() });

const isFormat = ({ table, key }: StoredRow): boolean => table === PLACE.table && key === PLACE.key;

/** The row of a store in the present format. */
export function formatRow(version: string): StoredRow {
  return { ...PLACE, ordinal: 0, value: { format: FORMAT, version } };
}

/**
 * Content of an older format as the present one has it.
 *
 * @param version of dps-fleet
 * @returns `changes`: those that bring the store there, all at once
 * @throws {FleetError} `FILE_INVALID` for a newer format, or none
 */
export function inPresentFormat(
  folder: DataFolder,
  content: StoreContent,
  version: string,
): { readonly rows: readonly StoredRow[]; readonly changes: readonly StoreOperation[] } {
  const found = formatRecord.safeParse(content.rows.find(isFormat)?.value);
  if (!found.success) throw damaged(folder, ["it does not say which format it has"]);
  const { format } = found.data;
  const before = content.rows.filter((row) => !isFormat(row));
  if (format === FORMAT) return { rows: before, changes: [] };
  if (format > FORMAT)
    throw new FleetError(
      "FILE_INVALID",
      `${folder.path} is of format ${format}, written by dps-fleet ${found.data.version}; this is ${version}, which knows formats up to ${FORMAT}`,
      { hint: "use that version, or name another folder" },
    );
  const rows = migrated(before, format);
  const changes: StoreOperation[] = [
    ...before.map(({ table, key }) => ({ type: "del", key: rowKey(table, key) }) as const),
    ...[...rows, formatRow(version)].map(putRow),
  ];
  return { rows, changes };
}
