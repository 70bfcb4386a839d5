import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { CsvError, parse } from "csv-parse/sync";
import { z } from "zod";

import type { Problem } from "../../base/errors.ts";
import { FleetError } from "../../base/errors.ts";
import { fileTrouble } from "../../base/file-trouble.ts";
import { nearest } from "../../base/nearest.ts";
import type { LeafRequest } from "../../pki/issue-leaves.ts";
import { KEY_KINDS } from "../../pki/key-kind.ts";
import { enumField } from "../../scenario/fields.ts";
import { daysField } from "./certs-flags.ts";

/** A row; an empty cell says nothing. */
const ROW = z.object({
  registrationId: z.string({ error: "expected a registration id, got none" }),
  keyKind: enumField(KEY_KINDS).optional(),
  days: daysField.optional(),
  signer: z.string().optional(),
});
const COLUMNS = Object.keys(ROW.shape);

const LINES = z.array(
  z.object({ info: z.object({ lines: z.number() }), record: z.array(z.string()) }),
);

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
  const lines = linesOf(text, file);
  if ("message" in lines) return { rows: [], problems: [lines] };
  const [header, ...rest] = lines;
  const columns = header?.record ?? [];
  const wrong = headerProblems(columns, `${file}:${header?.info.lines ?? 1}`);
  if (wrong.length > 0) return { rows: [], problems: wrong };
  const rows: TableLeaf[] = [];
  const problems: Problem[] = [];
  for (const { info, record } of rest) {
    const place = `${file}:${info.lines}`;
    const cells = columns.map((column, at) => [column, record[at] ?? ""] as const);
    const row = ROW.safeParse(Object.fromEntries(cells.filter(([, cell]) => cell !== "")));
    if (row.success) rows.push({ ...row.data, place });
    const issues = row.error?.issues ?? [];
    problems.push(
      ...issues.map(({ path, message }) => ({ place: `${place} ${path.join(".")}`, message })),
    );
    if (record.length > columns.length) {
      const message = `expected ${columns.length} cells, got ${record.length}`;
      problems.push({ place, message });
    }
  }
  if (rest.length === 0) {
    problems.push({ place: file, message: "expected a row for each device, got none" });
  }
  return { rows, problems };
}

function linesOf(text: string, file: string): z.output<typeof LINES> | Problem {
  try {
    const parsed: unknown = parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    });
    return LINES.parse(parsed);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = z.object({ lines: z.number() }).safeParse(error).data?.lines;
    const place = line === undefined ? file : `${file}:${line}`;
    // Its text may show a whole cell.
    return { place, message: `expected a table in CSV, got something else (${error.code})` };
  }
}

function headerProblems(columns: readonly string[], place: string): Problem[] {
  const unknown = columns.filter((column) => !COLUMNS.includes(column));
  const twice = columns.filter((column, at) => columns.indexOf(column) !== at);
  return [
    ...unknown.map((column) => {
      const near = nearest(column, COLUMNS);
      const hint = near === undefined ? undefined : `did you mean ${near}?`;
      const message = `expected columns ${COLUMNS.join(", ")}, got "${column}"`;
      return { place, message, hint };
    }),
    ...twice.map((column) => ({ place, message: `expected column ${column} once` })),
    ...(columns.includes("registrationId")
      ? []
      : [{ place, message: "expected a column registrationId, got none" }]),
  ];
}

const unusable = (file: string, problems: readonly Problem[]): FleetError =>
  new FleetError("FILE_INVALID", `${file} cannot be used: ${problems.length} problems`, {
    hint: "a table has a header, such as registrationId,days, and a row for each device",
    problems,
  });
