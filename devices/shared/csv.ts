/** A record of a CSV text. */
export interface CsvRecord {
  /** Line on which it ends, from 1: for messages. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** What was read, up to the first problem if there is one. */
export interface CsvText {
  readonly records: readonly CsvRecord[];
  readonly problem?: { readonly line: number; readonly message: string };
}

const QUOTE = '"';
const BYTE_ORDER_MARK = "\uFEFF";

/**
 * Reads CSV as RFC 4180 has it: commas, quotes, a quote within quotes written twice, lines that end in LF or CRLF.
 * A byte order mark, empty lines, and spaces and tabs around a cell are passed over. Never throws.
 */
export function parseCsv(text: string): CsvText {
  const records: CsvRecord[] = [];
  let cells: string[] = [];
  let line = 1;
  let at = text.startsWith(BYTE_ORDER_MARK) ? 1 : 0;

  /** Ends a record; a line with nothing on it is none. */
  const endRecord = (isQuoted: boolean): void => {
    if (cells.length > 1 || cells[0] !== "" || isQuoted) records.push({ line, cells });
    cells = [];
  };

  while (at < text.length) {
    const start = skipBlanks(text, at);
    if (text[start] === QUOTE) {
      const quoted = readQuoted(text, start + 1, line);
      if (quoted === undefined) {
        return { records, problem: { line, message: "a quote is not closed" } };
      }
      cells.push(quoted.cell);
      line = quoted.line;
      at = skipBlanks(text, quoted.end);
      if (!isCellEnd(text, at)) {
        return { records, problem: { line, message: "there is text behind a closed quote" } };
      }
    } else {
      at = endOfCell(text, start);
      const cell = text.slice(start, at).trim();
      if (cell.includes(QUOTE)) {
        return {
          records,
          problem: { line, message: "there is a quote inside a cell without quotes" },
        };
      }
      cells.push(cell);
    }
    const isQuoted = text[start] === QUOTE;
    if (text[at] === ",") {
      at += 1;
      // A comma at the very end has an empty cell behind it.
      if (at === text.length) cells.push("");
      else continue;
    }
    endRecord(isQuoted);
    if (at < text.length) {
      at += text[at] === "\r" ? 2 : 1;
      line += 1;
    }
  }
  return { records };
}

function readQuoted(
  text: string,
  start: number,
  startLine: number,
): { readonly cell: string; readonly end: number; readonly line: number } | undefined {
  let cell = "";
  let line = startLine;
  let from = start;
  for (;;) {
    const end = text.indexOf(QUOTE, from);
    if (end === -1) return undefined;
    const part = text.slice(from, end);
    for (const unit of part) if (unit === "\n") line += 1;
    cell += part;
    if (text[end + 1] !== QUOTE) return { cell, end: end + 1, line };
    cell += QUOTE;
    from = end + 2;
  }
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === " " || text[at] === "\t") at += 1;
  return at;
}

function endOfCell(text: string, from: number): number {
  let at = from;
  while (!isCellEnd(text, at)) at += 1;
  return at;
}

function isCellEnd(text: string, at: number): boolean {
  const unit = text[at];
  return (
    unit === undefined || unit === "," || unit === "\n" || (unit === "\r" && text[at + 1] === "\n")
  );
}
