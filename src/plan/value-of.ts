import { nearest } from "../base/nearest.ts";
import type { SeededRandom } from "../base/random.ts";
import type { Distribution, Normal, Uniform } from "../scenario/distribution.ts";
import type { ValueTable } from "./value-table.ts";

/** Whose value it is. */
export interface ValueOwner {
  readonly registrationId: string;
  /** Position in its entry, from 0. */
  readonly at: number;
}

/** How values of one quantity are made. */
export interface ValueReading<Value> {
  /** Of a number that was drawn. */
  readonly number: (drawn: number) => Value;
  /** Of a cell; undefined = it is none. */
  readonly cell: (text: string) => Value | undefined;
  /** What a cell holds, for people. */
  readonly cellIs: string;
}

export type DealtValue<Value> =
  | { readonly value: Value }
  /** `file`: what is wrong with this table, whatever is asked of it. */
  | { readonly problem: string; readonly file?: string };

/**
 * One device's value of a distribution. It depends on the device alone: its stream, its place in its entry, its row.
 *
 * @param random the device's stream for this value, from its beginning
 * @param tables by the names of files in distributions
 */
export function valueOf<Value>(
  distribution: Distribution<Value>,
  owner: ValueOwner,
  {
    random,
    tables,
    reading,
  }: {
    readonly random: () => SeededRandom;
    readonly tables: ReadonlyMap<string, ValueTable>;
    readonly reading: ValueReading<Value>;
  },
): DealtValue<Value> {
  switch (distribution.kind) {
    case "normal":
      return { value: reading.number(normalDraw(distribution, random())) };
    case "uniform":
      return { value: reading.number(uniformDraw(distribution, random())) };
    case "list": {
      const { values } = distribution;
      const value = values[owner.at % values.length];
      return value === undefined ? { problem: "expected a value, got an empty list" } : { value };
    }
    case "column":
      return cellOf(distribution, owner, { tables, reading });
    default:
      return distribution satisfies never;
  }
}

/** Two draws, by the transform of Box and Muller (1958), Ann. Math. Statist. 29(2), 610. */
function normalDraw({ mean, sd, min, max }: Normal, random: SeededRandom): number {
  // Of (0, 1]: the logarithm of 0 is none.
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  const drawn = mean + sd * radius * Math.cos(2 * Math.PI * random.next());
  return Math.min(max, Math.max(min, drawn));
}

function uniformDraw({ low, high }: Uniform, random: SeededRandom): number {
  return low + (high - low) * random.next();
}

function cellOf<Value>(
  { column, file }: { readonly column: string; readonly file: string },
  { registrationId, at }: ValueOwner,
  {
    tables,
    reading,
  }: {
    readonly tables: ReadonlyMap<string, ValueTable>;
    readonly reading: ValueReading<Value>;
  },
): DealtValue<Value> {
  const table = tables.get(file);
  if (table === undefined) throw new TypeError(`the table ${file} was not read`);
  const { columns, rows, byId } = table;
  if (!columns.includes(column)) {
    const near = nearest(column, columns);
    const mend = near === undefined ? `it has ${columns.join(", ")}` : `did you mean ${near}?`;
    return { problem: `there is no column "${column}" in ${file}; ${mend}` };
  }
  const row = byId === undefined ? rows[at] : byId.get(registrationId);
  if (row === undefined) {
    const problem =
      byId === undefined
        ? `expected a row for each device of the entry, got ${rows.length}`
        : `expected a row of "${registrationId}", got none`;
    return { problem, file };
  }
  const text = row.cells[column];
  const value = text === undefined ? undefined : reading.cell(text);
  if (value !== undefined) return { value };
  const got = text === undefined ? "an empty cell" : JSON.stringify(text);
  return { problem: `expected ${reading.cellIs} under "${column}" in ${row.place}, got ${got}` };
}
