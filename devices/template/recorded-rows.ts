import { parseCsv } from "../shared/csv.ts";
import { isMapping } from "../shared/mapping.ts";
import type { Json } from "../../src/model/model.ts";

/** A row of a recording. */
export interface Row {
  readonly line: number;
  /** undefined = the cell is empty, or there is none. */
  cell(column: string): Json | undefined;
}

/** So many bad rows are told. */
export const MOST_TOLD = 5;

/** A file as rows, and the lines of it that cannot be used. */
interface RecordedRows {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

/** A table whose first line names its columns. */
export function readCsv(text: string): RecordedRows {
  const { records, problem } = parseCsv(text);
  const [header, ...lines] = records;
  const columns = header?.cells ?? [];
  const problems = problem === undefined ? [] : [problem];
  const twice = columns.find((name, index) => columns.indexOf(name) < index);
  if (header !== undefined && twice !== undefined) {
    problems.push({ line: header.line, message: `the column ${twice} is there twice` });
  }
  const indexes = new Map(columns.map((name, index) => [name, index]));
  const rows = lines.flatMap(({ line, cells }): readonly Row[] => {
    if (cells.length === columns.length) {
      return [{ line, cell: (column) => valueOf(cells[indexes.get(column) ?? -1]) }];
    }
    const message = `expected ${columns.length} cells as in the first line, got ${cells.length}`;
    problems.push({ line, message });
    return [];
  });
  return { columns, rows, problems: shortenedLines(problems) };
}

/** A JSON object a line; a column may be a path into it, `position.lat`. */
export function readNdjson(text: string): RecordedRows {
  const columns = new Set<string>();
  const problems: { line: number; message: string }[] = [];
  const rows: Row[] = [];
  for (const [index, each] of text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .entries()) {
    if (each.trim() === "") continue;
    const line = index + 1;
    const cells = new Map<string, Json>();
    if (flatten(parseJson(each), "", cells)) {
      for (const name of cells.keys()) columns.add(name);
      rows.push({ line, cell: (column) => cells.get(column) });
    } else {
      problems.push({ line, message: "expected a JSON object" });
    }
  }
  return { columns: [...columns], rows, problems: shortenedLines(problems) };
}

/** Members of nested objects by their paths, null as none. @returns whether `value` is an object */
function flatten(value: Json | undefined, path: string, cells: Map<string, Json>): boolean {
  if (!isMapping(value)) return false;
  for (const [key, member] of Object.entries(value)) {
    const name = path === "" ? key : `${path}.${key}`;
    if (member !== null && !flatten(member, name, cells)) cells.set(name, member);
  }
  return true;
}

function parseJson(text: string): Json | undefined {
  try {
    // A JSON text holds JSON.
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** A cell of a CSV file: numbers become numbers, an empty one is none. */
function valueOf(cell: string | undefined): Json | undefined {
  if (cell === undefined || cell === "") return undefined;
  const number = Number(cell);
  return Number.isFinite(number) ? number : cell;
}

function shortenedLines(problems: RecordedRows["problems"]): RecordedRows["problems"] {
  const left = problems.length - MOST_TOLD;
  const next = problems[MOST_TOLD];
  if (next === undefined) return problems;
  return [
    ...problems.slice(0, MOST_TOLD),
    { line: next.line, message: `and ${left} more like these` },
  ];
}
