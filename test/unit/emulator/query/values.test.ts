import fc from "fast-check";
import { expect, test } from "vitest";
import { areEqual, orderOf, valueAt } from "../../../../src/emulator/query/values.ts";

test("of two values of one type exactly one of less, equal and greater holds", () => {
  const times = fc
    .date({ noInvalidDate: true, min: new Date("1970-01-01"), max: new Date("2100-01-01") })
    .map((date) => date.toISOString());
  const pairs = fc.oneof(
    fc.tuple(fc.string(), fc.string()),
    fc.tuple(
      times,
      fc.oneof(
        times,
        times.map((time) => time.replace(/\.\d+Z/, "Z")),
      ),
    ),
    fc.tuple(fc.integer(), fc.integer()),
    fc.tuple(fc.boolean(), fc.boolean()),
  );
  fc.assert(
    fc.property(pairs, ([a, b]) => {
      const order = orderOf(a, b) ?? Number.NaN;
      expect([order < 0, areEqual(a, b), order > 0].filter(Boolean)).toHaveLength(1);
      expect(Math.sign(order) + Math.sign(orderOf(b, a) ?? Number.NaN)).toBe(0);
    }),
  );
});

test.for([
  ["2026-01-01T10:00:00Z", "2026-01-01T10:00:00.5Z"],
  ["2026-01-01T10:00:00.9999999Z", "2026-01-01T10:00:01Z"],
  ["2026-01-01T10:00Z", "2026-01-01T10:00:01Z"],
  ["2026-01-01T12:00:00+03:00", "2026-01-01T10:00:00Z"],
  ["2026-99-01T12:00:00Z", "2026-99-01T13:00:00Z"],
  ["a", "b"],
] as const)("%s comes before %s", ([a, b]) => {
  expect(orderOf(a, b)).toBeLessThan(0);
});

test("values of two types have no order", () => {
  for (const [a, b] of [
    [1, "1"],
    [true, 1],
    [null, null],
    [["a"], ["b"]],
  ] as const)
    expect(orderOf(a, b)).toBeUndefined();
});

test("only own members are found", () => {
  const document = { a: { b: [1, { c: 2 }] } };
  expect(valueAt(document, ["a", "b", 1, "c"])).toBe(2);
  for (const steps of [
    ["toString"],
    ["a", "constructor"],
    ["a", "b", 2],
    ["a", "b", "length"],
    ["a", 0],
  ])
    expect(valueAt(document, steps)).toBeUndefined();
});
