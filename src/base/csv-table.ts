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
  const rows = records.flatMap(({ cells, line }): readonly TableRow<Column>[] => {
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
  return { rows, problems };
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
  return names.flatMap((name, at): readonly Problem[] => {
    if (!columns.includes(name)) {
      const near = nearest(name, columns);
      return [
        {
          place,
          message: `unknown column "${name}"`,
          hint: near === undefined ? `known: ${columns.join(", ")}` : `did you mean ${near}?`,
        },
      ];
    }
    return names.indexOf(name) < at
      ? [{ place, message: `the column ${name} is there twice` }]
      : [];
  });
}
