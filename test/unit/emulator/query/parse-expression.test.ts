import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCondition } from "../../../../src/emulator/query/parse-expression.ts";
import { anyExpression } from "./arbitrary-expression.ts";
import { printExpression } from "./print-expression.ts";
import { refusalOf } from "./refusal.ts";

const parse = (text: string): unknown => parseCondition(text, (path) => path);

test("reading a printed expression gives the expression", () => {
  fc.assert(
    fc.property(anyExpression, (expression) => {
      expect(parse(printExpression(expression))).toEqual(expression);
    }),
  );
});

test("reading any text gives an expression or a QueryError", () => {
  const pieces = fc.constantFrom(
    ..."and or not in nin ( ) [ ] [[ ]] , . = != <> < >= - * / 1 0x 'a' \"b\" tags is_defined null ' \\".split(
      " ",
    ),
  );
  const anyText = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.array(pieces, { maxLength: 40 }).map((texts) => texts.join(" ")),
  );
  fc.assert(
    fc.property(anyText, (text) => {
      expect(refusalOf(() => parse(text))).toMatch(/^at character \d+: .|^$/);
    }),
    { numRuns: 1000 },
  );
});

const path = (...steps: string[]): unknown => ({ kind: "path", path: steps });
const number = (value: number): unknown => ({ kind: "literal", value });

test("AND binds more than OR, NOT more than AND, and comparisons more than NOT", () => {
  expect(parse("a OR NOT b = 1 AND c")).toEqual({
    kind: "or",
    operands: [
      path("a"),
      {
        kind: "and",
        operands: [
          {
            kind: "not",
            operand: { kind: "compare", operator: "=", left: path("b"), right: number(1) },
          },
          path("c"),
        ],
      },
    ],
  });
});

test("products bind more than sums, which go from left to right", () => {
  expect(parse("1 - 2 * 3 - 4")).toEqual({
    kind: "arithmetic",
    first: number(1),
    rest: [
      {
        operator: "-",
        operand: {
          kind: "arithmetic",
          first: number(2),
          rest: [{ operator: "*", operand: number(3) }],
        },
      },
      { operator: "-", operand: number(4) },
    ],
  });
});

test.for([
  ["tags.site", ["tags", "site"]],
  ["tags['a b'].c", ["tags", "a b", "c"]],
  ['tags["it\'s"]', ["tags", "it's"]],
  ["tags[[a-b]]", ["tags", "a-b"]],
  ["tags.[[a-b]].[[c d]]", ["tags", "a-b", "c d"]],
  ["tags.list[0]", ["tags", "list", 0]],
  ["$body.größe", ["$body", "größe"]],
  ["[[and]].in", ["and", "in"]],
  ["nothing.notable", ["nothing", "notable"]],
] as const)("%s is the path %j", ([text, steps]) => {
  expect(parse(text)).toEqual({ kind: "path", path: steps });
});

test.for([
  [String.raw`'it''s'`, "it's"],
  [String.raw`"say ""hi"""`, 'say "hi"'],
  [String.raw`'a "b"" c'`, 'a "b"" c'],
  [String.raw`'a\'b\\c\n'`, "a'b\\c\n"],
  ["''", ""],
  ["0x1F", 31],
  ["-2.5e3", -2500],
  ["TRUE", true],
  ["null", null],
] as const)("%s is the literal %j", ([text, value]) => {
  expect(parse(text)).toEqual({ kind: "literal", value });
});

test.for([
  ["", "at character 1: expected a name or a value, found the end"],
  ["tags.a = ", "at character 10: expected a name or a value, found the end"],
  ["tags.a == 1", 'at character 9: expected a name or a value, found "="'],
  ["tags.a = 'x", "at character 10: the string has no end"],
  ["tags.a = 1 tags.b", 'at character 12: expected an operator or the end, found "tags"'],
  ["tags.a IN 'x'", 'at character 11: expected [, found "x"'],
  ["tags.a = 1 = 2", 'at character 12: expected an operator or the end, found "="'],
  ["(tags.a = 1", "at character 12: expected ), found the end"],
  ["like(tags.a, 'x')", "at character 1: no function like is known here"],
  ["contains(tags.a)", "at character 1: contains takes 2 arguments, found 1"],
  [
    "tags[1.5] = 1",
    "at character 6: expected a name in quotes or the number of an item, found 1.5",
  ],
  ["tags.a ; 1", 'at character 8: unexpected ";"'],
  ["1e999 = 1", "at character 1: the number is too large"],
] as const)("%s is refused: %s", ([text, message]) => {
  expect(() => parse(text)).toThrow(message);
});

test.for(["(", "NOT ", "-", "[ ", "is_null("])("a nest of 100,000 %s is refused", (opening) => {
  expect(() => parse(opening.repeat(100_000))).toThrow("nested more than 64 deep");
});

test("a chain may be as long as the text may be", () => {
  for (const operator of [" OR ", " AND ", "+", "*"]) {
    const chain = Array(20_000).fill("a").join(operator);
    expect(() => parse(chain)).not.toThrow();
  }
});
