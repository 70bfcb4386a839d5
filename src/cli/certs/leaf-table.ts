import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { z } from "zod";

import { parseTable } from "../../base/csv-table.ts";
import type { Problem } from "../../base/errors.ts";
import { FleetError } from "../../base/errors.ts";
import { fileTrouble } from "../../base/file-trouble.ts";
import type { LeafRequest } from "../../pki/issue-leaves.ts";
import { KEY_KINDS } from "../../pki/key-kind.ts";
import { enumField } from "../../scenario/fields.ts";
import { daysField } from "./certs-flags.ts";
import { LEAVES_MAX } from "./id-pattern.ts";

/** A row; an empty cell says nothing. */
const ROW = z.object({
  registrationId: z.string({ error: "expected a registration id, got none" }),
  keyKind: enumField(KEY_KINDS).optional(),
  days: daysField.optional(),
  signer: z.string().optional(),
});
const COLUMNS = ROW.keyof().options;

/** A leaf that is asked for, and where: `devices.csv:12`. */
export interface TableLeaf extends LeafRequest {
  readonly place: string;
}

/**
 * The leaves that a CSV file asks for: a header with `registrationId` and, where wanted, `keyKind`, `days`, `signer`.
 *
 * @throws {FleetError} `FILE_INVALID` with every bad row at its line
 */
export async function readLeafTable(file: string, cwd: string): Promise<readonly TableLeaf[]> {
  const text = await readFile(resolve(cwd, file), "utf8").catch((cause: unknown) => {
    throw unusable(file, [
      { place: file, message: `expected a table that can be read, got: ${fileTrouble(cause)}` },
    ]);
  });
  const { rows, problems } = parseLeafTable(text, file);
  if (problems.length > 0) throw unusable(file, problems);
  return rows;
}

/** What a text in CSV asks for, and what is wrong with it. Never throws. */
export function parseLeafTable(
  text: string,
  file: string,
): { readonly rows: readonly TableLeaf[]; readonly problems: readonly Problem[] } {
  const table = parseTable(text, file, COLUMNS);
  const problems = [...table.problems];
  const hasIds = table.rows.some(({ cells }) => cells.registrationId !== undefined);
  if (!hasIds && problems.length === 0) {
    const message =
      table.rows.length === 0
        ? "expected a row for each device, got none"
        : "expected a column registrationId with an id in each row, got none";
    problems.push({ place: file, message });
  }
  // A wrong first line makes every row wrong.
  if (!hasIds) return { rows: [], problems };
  if (table.rows.length > LEAVES_MAX) {
    const message = `expected at most ${LEAVES_MAX} devices, got ${table.rows.length}`;
    return { rows: [], problems: [...problems, { place: file, message }] };
  }
  const rows = table.rows.flatMap(({ place, cells }): readonly TableLeaf[] => {
    const row = ROW.safeParse(cells);
    if (row.success) return [{ ...row.data, place }];
    for (const { path, message } of row.error.issues) {
      problems.push({ place: `${place} ${path.join(".")}`, message });
    }
    return [];
  });
  return { rows, problems };
}

const unusable = (file: string, problems: readonly Problem[]): FleetError =>
  new FleetError("FILE_INVALID", `${file} cannot be used`, {
    hint: "a table has a header, such as registrationId,days, and a row for each device",
    problems,
  });
