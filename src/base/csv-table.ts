import type { Info } from "csv-parse";
import { CsvError, parse } from "csv-parse/sync";
import type { Problem } from "./errors.ts";
import { nearest } from "./nearest.ts";

/** One row of a table. */
export interface TableRow<Column extends string> {
  /** File and line, as messages show them: `devices.csv:7`. */
  readonly place: string;
  /** The cells that are not empty, without spaces around them. */
  readonly cells: Readonly<Partial<Record<Column, string>>>;
}

/** A table as it was read; what is wrong with it besides. */
export interface Table<Column extends string> {
  readonly rows: readonly TableRow<Column>[];
  readonly problems: readonly Problem[];
}

/**
 * Reads a table whose first line names its columns, in any order (RFC 4180; a byte order mark and empty lines are passed
 * over). Never throws.
 *
 * @param source the file's name, as messages show it
 * @param columns all that there may be
 */
export function parseTable<Column extends string>(
  text: string,
  source: string,
  columns: readonly Column[],
): Table<Column> {
  const lines = linesOf(text, source);
  if ("problem" in lines) return { rows: [], problems: [lines.problem] };
  const [header, ...records] = lines.read;
  if (header === undefined) {
    const message = `expected a first line with columns such as ${columns.join(",")}, got an empty file`;
    return { rows: [], problems: [{ place: source, message }] };
  }
  const names = header.cells.map((name) => columns.find((column) => column === name));
  const problems = headerProblems(header.cells, `${source}:${header.line}`, columns);
  return { rows: rowsOf(records, names, { source, problems }), problems };
}

/** A table whose columns its first line alone decides, in its order. */
export interface OpenTable extends Table<string> {
  readonly columns: readonly string[];
}

/** Reads a table with any columns, as {@link parseTable} does. Never throws. */
export function parseOpenTable(text: string, source: string): OpenTable {
  const lines = linesOf(text, source);
  if ("problem" in lines) return { columns: [], rows: [], problems: [lines.problem] };
  const [header, ...records] = lines.read;
  if (header === undefined) {
    const message = "expected a first line with the names of columns, got an empty file";
    return { columns: [], rows: [], problems: [{ place: source, message }] };
  }
  const columns = header.cells;
  const place = `${source}:${header.line}`;
  const problems = [
    ...(columns.includes("") ? [{ place, message: "expected a name for each column" }] : []),
    ...repeatedProblems(columns, place),
  ];
  return { columns, rows: rowsOf(records, columns, { source, problems }), problems };
}

/** Records as rows, by the names of columns; undefined = a column that nobody asks for. Adds what is wrong to `problems`. */
function rowsOf<Column extends string>(
  records: readonly Line[],
  names: readonly (Column | undefined)[],
  { source, problems }: { readonly source: string; readonly problems: Problem[] },
): readonly TableRow<Column>[] {
  return records.flatMap(({ cells, line }): readonly TableRow<Column>[] => {
    const place = `${source}:${line}`;
    if (cells.length !== names.length) {
      const message = `expected ${names.length} cells as in the first line, got ${cells.length}`;
      problems.push({ place, message });
      return [];
    }
    const filled: Partial<Record<Column, string>> = {};
    for (const [at, name] of names.entries()) {
      const cell = cells[at] ?? "";
      if (name !== undefined && cell !== "") filled[name] = cell;
    }
    return [{ place, cells: filled }];
  });
}

interface Line {
  readonly line: number;
  readonly cells: readonly string[];
}

function linesOf(
  text: string,
  source: string,
): { readonly read: readonly Line[] } | { readonly problem: Problem } {
  try {
    const read: Line[] = [];
    parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      on_record: (record: readonly string[], { lines }: Info) => {
        read.push({ line: lines, cells: record });
        return null;
      },
    });
    return { read };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // The parser's words may hold a cell.
    const at: unknown = error["lines"];
    const place = typeof at === "number" ? `${source}:${at}` : source;
    const message = "expected cells with commas between and quotes closed, got something else";
    return { problem: { place, message, hint: "write a quote within quotes twice" } };
  }
}

function headerProblems(
  names: readonly string[],
  place: string,
  columns: readonly string[],
): Problem[] {
  const unknown = names
    .filter((name) => !columns.includes(name))
    .map((name) => {
      const near = nearest(name, columns);
      const hint = near === undefined ? `known: ${columns.join(", ")}` : `did you mean ${near}?`;
      return { place, message: `unknown column "${name}"`, hint };
    });
  const known = names.filter((name) => columns.includes(name));
  return [...unknown, ...repeatedProblems(known, place)];
}

function repeatedProblems(names: readonly string[], place: string): Problem[] {
  return names
    .filter((name, at) => name !== "" && names.indexOf(name) < at)
    .map((name) => ({ place, message: `the column ${name} is there twice` }));
}
