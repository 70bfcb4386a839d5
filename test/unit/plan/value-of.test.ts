import { expect, test } from "vitest";
import { createRandom } from "../../../src/base/random.ts";
import { valueOf } from "../../../src/plan/value-of.ts";
import { parseValueTable } from "../../../src/plan/value-table.ts";
import type { Distribution } from "../../../src/scenario/distribution.ts";

const reading = { number: (drawn: number) => drawn, cell: Number, cellIs: "a number" };
const tables = new Map([
  ["ids.csv", parseValueTable("registrationId,t\nb,2\na,1\nc,\n", "ids.csv").table],
  ["rows.csv", parseValueTable("t\n1\n2\n", "rows.csv").table],
]);

const dealt = (distribution: Distribution<number>, registrationId: string, at = 0) =>
  valueOf(
    distribution,
    { registrationId, at },
    {
      random: () => createRandom(1, registrationId, "settings/t"),
      tables,
      reading,
    },
  );

const draws = (distribution: Distribution<number>, count: number): readonly number[] =>
  Array.from({ length: count }, (_, n) => {
    const value = dealt(distribution, `d${n}`);
    return "value" in value ? value.value : Number.NaN;
  });

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

test("a normal distribution has its mean, its standard deviation, and a kurtosis of 3", () => {
  const values = draws({ kind: "normal", mean: 70, sd: 4, min: -Infinity, max: Infinity }, 20_000);
  const centre = mean(values);
  const moment = (power: number): number => mean(values.map((value) => (value - centre) ** power));
  expect(centre).toBeCloseTo(70, 0);
  expect(Math.abs(Math.sqrt(moment(2)) - 4)).toBeLessThan(0.08);
  expect(Math.abs(moment(4) / moment(2) ** 2 - 3)).toBeLessThan(0.14);
});

test("what lies beyond the bounds of a normal distribution is taken to them", () => {
  const values = draws({ kind: "normal", mean: 70, sd: 4, min: 69, max: 71 }, 1_000);
  expect(Math.min(...values)).toBe(69);
  expect(Math.max(...values)).toBe(71);
});

test("a uniform distribution fills its range evenly: chi-square over 20 bins below 43.8 (p 0.001)", () => {
  const values = draws({ kind: "uniform", low: -2, high: 2 }, 20_000);
  const bins = Array.from({ length: 20 }, () => 0);
  for (const value of values) {
    const bin = Math.floor((value + 2) * 5);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  expect(bins).toHaveLength(20);
  expect(bins.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0)).toBeLessThan(43.8);
});

test("a list is dealt in turn", () => {
  const list: Distribution<number> = { kind: "list", values: [3, 1, 2] };
  expect([0, 1, 2, 3, 4].map((at) => dealt(list, "x", at))).toEqual(
    [3, 1, 2, 3, 1].map((value) => ({ value })),
  );
});

test("a table gives the row of the device, else the rows in their order", () => {
  const byId: Distribution<number> = { kind: "column", column: "t", file: "ids.csv" };
  expect(dealt(byId, "a")).toEqual({ value: 1 });
  expect(dealt(byId, "b", 9)).toEqual({ value: 2 });
  const inOrder: Distribution<number> = { kind: "column", column: "t", file: "rows.csv" };
  expect(dealt(inOrder, "z", 1)).toEqual({ value: 2 });
});

test.for([
  ["ids.csv", "T", "a", 'there is no column "T" in ids.csv; did you mean t?'],
  ["rows.csv", "warmth", "a", 'there is no column "warmth" in rows.csv; it has t'],
  ["ids.csv", "t", "c", 'expected a number under "t" in ids.csv:4, got an empty cell'],
] as const)(
  "what %s does not have is told: column %s, device %s",
  ([file, column, id, problem]) => {
    expect(dealt({ kind: "column", column, file }, id, 2)).toEqual({ problem });
  },
);

test("a missing row is told of the table, whatever column is asked for", () => {
  expect(dealt({ kind: "column", column: "t", file: "ids.csv" }, "z")).toEqual({
    file: "ids.csv",
    problem: 'expected a row of "z", got none',
  });
  expect(dealt({ kind: "column", column: "t", file: "rows.csv" }, "z", 2)).toEqual({
    file: "rows.csv",
    problem: "expected a row for each device of the entry, got 2",
  });
});
