import { unknownEntry } from "../shared/mapping.ts";
import type { Json } from "../../src/model/model.ts";
import type { Row } from "./recorded-rows.ts";
import { MOST_TOLD, readCsv, readNdjson } from "./recorded-rows.ts";
import { Series } from "./series.ts";

/** Which values of a recording a field replays. */
export interface SeriesSpec {
  readonly column: string;
  /** Column with the time of each row: seconds, or dates and times; absent = a row each `every` seconds. */
  readonly time: string | undefined;
  readonly every: number;
  /** Whether values between two rows are wanted, for which all must be numbers. */
  readonly isLinear: boolean;
}

/** So many files are kept as read: enough for a fleet, not for all files of a long life. */
const MOST_KEPT = 32;
/** By their text: devices of one process share the one text of a file, so that looking it up costs nothing. */
const KEPT = new Map<string, Recording>();

/** A CSV or NDJSON file as it was read: once in a process, however many devices replay it. */
export class Recording {
  /** What is wrong with the file as a whole, with name and line; [] = good. */
  readonly problems: readonly string[];
  readonly #name: string;
  readonly #columns: readonly string[];
  readonly #rows: readonly Row[];
  readonly #series = new Map<
    string,
    { readonly series: Series | undefined; readonly problems: readonly string[] }
  >();

  private constructor(text: string, name: string) {
    this.#name = name;
    const { columns, rows, problems } = /\.(ndjson|jsonl)$/i.test(name)
      ? readNdjson(text)
      : readCsv(text);
    this.#columns = columns;
    this.#rows = rows;
    this.problems =
      problems.length === 0 && rows.length === 0
        ? [`${name}: expected rows, got none`]
        : problems.map(({ line, message }) => `${name}:${line}: ${message}`);
  }

  /** @param name as the settings have it; `.ndjson` and `.jsonl` are read as such, all else as CSV */
  static of(text: string, name: string): Recording {
    const kept = KEPT.get(text);
    if (kept !== undefined && kept.#name === name) return kept;
    const recording = new Recording(text, name);
    const [oldest] = KEPT.keys();
    if (oldest !== undefined && KEPT.size >= MOST_KEPT) KEPT.delete(oldest);
    KEPT.set(text, recording);
    return recording;
  }

  /** The series of one column; undefined where problems were told. */
  series(spec: SeriesSpec, tell: (message: string) => void): Series | undefined {
    const key = JSON.stringify([spec.column, spec.time ?? null, spec.every, spec.isLinear]);
    let known = this.#series.get(key);
    if (known === undefined) {
      const problems: string[] = [];
      known = { series: this.#read(spec, problems), problems: shortened(problems) };
      this.#series.set(key, known);
    }
    for (const problem of known.problems) tell(problem);
    return known.series;
  }

  #read({ column, time, every, isLinear }: SeriesSpec, problems: string[]): Series | undefined {
    for (const name of time === undefined ? [column] : [column, time]) {
      if (this.#columns.includes(name)) continue;
      problems.push(`${this.#name}: "${name}": ${unknownEntry(name, this.#columns, "column")}`);
    }
    if (problems.length > 0) return undefined;
    const times: number[] = [];
    const values: Json[] = [];
    let first: number | undefined;
    let now = -Infinity;
    let gap = every;
    const refuse = ({ line }: Row, name: string, expected: string, got: string): void =>
      void problems.push(`${this.#name}:${line}: ${name}: expected ${expected}, got ${got}`);
    for (const [index, row] of this.#rows.entries()) {
      const cell = time === undefined ? index * every : row.cell(time);
      const at = secondsOf(cell);
      if (at === undefined || at <= now) {
        const expected =
          at === undefined ? "seconds, or a date and time" : "a time after the one before";
        refuse(row, time ?? column, expected, shownCell(cell));
        continue;
      }
      first ??= at;
      if (now !== -Infinity) gap = at - now;
      now = at;
      const value = row.cell(column);
      if (value === undefined && values.length > 0) continue;
      if (value === undefined || (isLinear && typeof value !== "number")) {
        refuse(row, column, isLinear ? "a number" : "a value in the first row", shownCell(value));
      } else {
        times.push(at - first);
        values.push(value);
      }
    }
    return problems.length > 0 ? undefined : new Series(times, values, now - (first ?? 0) + gap);
  }
}

function secondsOf(cell: Json | undefined): number | undefined {
  if (typeof cell === "number") return cell;
  const ms = typeof cell === "string" ? Date.parse(cell) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms / 1_000;
}

function shownCell(cell: Json | undefined): string {
  return cell === undefined ? "nothing" : JSON.stringify(cell).slice(0, 60);
}

function shortened(problems: readonly string[]): readonly string[] {
  const left = problems.length - MOST_TOLD;
  return left <= 0 ? problems : [...problems.slice(0, MOST_TOLD), `and ${left} more like these`];
}
