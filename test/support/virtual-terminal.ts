import { displayWidth } from "../../src/output/text-width.ts";

// oxlint-disable-next-line no-control-regex -- escape sequences start with a control character
const SEQUENCE = /\u001B\[([?\d;]*)([A-Za-z])/;

interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** As much of a terminal as our screen uses: cursor moves, clearing, no wrapping. Colours are dropped. */
export class VirtualTerminal {
  readonly isTTY = true;
  /** All that was written. */
  written = "";
  #size: Size;
  /** Cells by row and column; those that nobody wrote are missing. */
  #rows: (string | undefined)[][] = [];
  #at = { row: 0, column: 0 };

  constructor(size: Size) {
    this.#size = size;
  }

  get columns(): number {
    return this.#size.columns;
  }

  get rows(): number {
    return this.#size.rows;
  }

  resize(size: Size): void {
    this.#size = size;
  }

  write(text: string): boolean {
    this.written += text;
    let rest = text;
    for (let match = SEQUENCE.exec(rest); match !== null; match = SEQUENCE.exec(rest)) {
      this.#type(rest.slice(0, match.index));
      this.#obey(match[2] ?? "", match[1] ?? "");
      rest = rest.slice(match.index + match[0].length);
    }
    this.#type(rest);
    return true;
  }

  /** The rows up to the last one that is not empty. */
  shown(): readonly string[] {
    const count = this.#rows.length;
    const lines = Array.from({ length: count }, (_, row) => {
      const cells = this.#rows[row] ?? [];
      return Array.from({ length: cells.length }, (_cell, at) => cells[at] ?? " ")
        .join("")
        .trimEnd();
    });
    return lines.slice(0, lines.findLastIndex((line) => line !== "") + 1);
  }

  #row(): (string | undefined)[] {
    return (this.#rows[this.#at.row] ??= []);
  }

  #type(text: string): void {
    for (const sign of text) {
      if (sign === "\n" || sign === "\r") {
        this.#at = { row: this.#at.row + (sign === "\n" ? 1 : 0), column: 0 };
        continue;
      }
      // Behind the last column the cursor stays on it.
      const column = Math.min(this.#at.column, (this.columns || 80) - 1);
      this.#row()[column] = sign;
      this.#at.column = Math.min((this.columns || 80) - 1, column + displayWidth(sign));
    }
  }

  #obey(command: string, parameters: string): void {
    if (command === "J") this.#rows = [];
    if (command === "K") this.#row().length = this.#at.column;
    if (command !== "H") return;
    const [row = 1, column = 1] = parameters.split(";").map((number) => Number(number) || 1);
    this.#at = { row: row - 1, column: column - 1 };
  }
}
