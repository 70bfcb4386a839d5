import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject } from "../../../../src/base/json.ts";
import { evaluate, holds } from "../../../../src/emulator/query/evaluate.ts";
import { parseCondition } from "../../../../src/emulator/query/parse-expression.ts";
import { valueAt } from "../../../../src/emulator/query/values.ts";
import { anyExpression } from "./arbitrary-expression.ts";

const DOCUMENT: JsonObject = {
  site: "A",
  n: 5,
  zero: 0,
  on: true,
  nothing: null,
  list: ["a", { b: 2 }],
  deep: { "a b": { c: "x" } },
  at: "2026-01-01T10:00:00Z",
  text: "12.5",
};

const value = (text: string): unknown =>
  evaluate(
    parseCondition(text, (path) => path),
    (path) => valueAt(DOCUMENT, path),
  );

test("evaluating any expression throws nothing and gives JSON or undefined", () => {
  fc.assert(
    fc.property(anyExpression, fc.jsonValue(), (expression, found) => {
      const result = evaluate(expression, () => JSON.parse(JSON.stringify(found)));
      expect(() => JSON.stringify(result, finiteOnly)).not.toThrow();
      expect(holds(expression, () => undefined)).toBeTypeOf("boolean");
    }),
  );
});

function finiteOnly(_key: string, member: unknown): unknown {
  if (typeof member === "number" && !Number.isFinite(member)) throw new TypeError("no JSON");
  return member;
}

test.for([
  ["site = 'A'", true],
  ["site = 'a'", false],
  ["site != 'B'", true],
  ["site <> 'A'", false],
  ["n < 6 AND n <= 5 AND n > 4 AND n >= 5", true],
  ["n < 5 OR n > 5", false],
  ["NOT n = 5", false],
  ["NOT (n = 5 AND site = 'B')", true],
  ["n = '5'", false],
  ["n != '5'", true],
  ["n < '6'", false],
  ["on", true],
  ["on = true", true],
  ["n", 5],
  ["nothing = null", true],
  ["zero = -0", true],
  ["list = ['a', 'b']", false],
  ["list[0] = 'a' AND list[1].b = 2", true],
  ["deep['a b'].c = 'x'", true],
  ["deep.[[a b]].c = 'x'", true],
  ["'A' = site", true],
] as const)("%s is %j", ([text, expected]) => {
  expect(value(text)).toBe(expected);
});

test.for([
  ["site IN ['A', 'B']", true],
  ["n IN [1, '5']", false],
  ["n NIN [1, '5']", true],
  ["site NIN ['A']", false],
  ["site IN []", false],
] as const)("%s is %j", ([text, expected]) => {
  expect(value(text)).toBe(expected);
});

test.for(["= 1", "!= 1", "< 1", ">= 1", "IN [1]", "NIN [1]"])(
  "what is not there is not %s, and so is what is compared with it",
  (comparison) => {
    expect(value(`missing ${comparison}`)).toBe(false);
    expect(value(`site.deeper ${comparison}`)).toBe(false);
    expect(value(`toString ${comparison}`)).toBe(false);
    expect(value("1 = undefined")).toBe(false);
  },
);

test.for([
  ["is_defined(site)", true],
  ["IS_DEFINED(missing)", false],
  ["is_null(nothing) AND NOT is_null(missing)", true],
  ["is_bool(on) AND is_number(n) AND is_string(site)", true],
  ["is_array(list) AND is_object(deep) AND NOT is_object(list)", true],
  ["is_primitive(n) AND is_primitive(nothing) AND NOT is_primitive(deep)", true],
  ["STARTSWITH(at, '2026') AND starts_with(at, '2026')", true],
  ["ENDSWITH(at, 'Z') AND NOT ends_with(at, 'z')", true],
  ["CONTAINS(at, '-01-')", true],
  ["contains(n, 5)", undefined],
  ["index_of(at, 'T')", 10],
  ["length(site)", 1],
  ["lower(site)", "a"],
  ["upper('b')", "B"],
  ["concat(site, 'B', 'C')", "ABC"],
  ["concat(site, n)", undefined],
  ["substring(at, 5)", "01-01T10:00:00Z"],
  ["substring(at, 0, 4)", "2026"],
  ["substring(at, -3, 4)", "2026"],
  ["as_number(text) + 1", 13.5],
  ["as_number(site)", undefined],
  ["abs(-2)", 2],
  ["ceiling(1.2) + floor(1.8)", 3],
  ["sqrt(square(3))", 3],
  ["sqrt(-1)", undefined],
  ["power(2, 10)", 1024],
  ["sign(-7)", -1],
  ["exp(0)", 1],
] as const)("%s is %j", ([text, expected]) => {
  expect(value(text)).toBe(expected);
});

test.for([
  ["n * 2 - 1", 9],
  ["7 % 4 + 6 / 3", 5],
  ["-(n)", -5],
  ["n + site", undefined],
  ["n / 0", undefined],
] as const)("%s is %j", ([text, expected]) => {
  expect(value(text)).toBe(expected);
});

test("a result too long for the memory is not there", () => {
  const long = "x".repeat(600_000);
  const expression = parseCondition("concat(a, a)", (path) => path);
  expect(evaluate(expression, () => long)).toBeUndefined();
});
