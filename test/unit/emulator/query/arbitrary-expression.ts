import fc from "fast-check";
import type { Expression, Path } from "../../../../src/emulator/query/expression.ts";

/** A path whose root is no keyword, as a vocabulary of any names gives it. */
export const anyPath: fc.Arbitrary<Path> = fc
  .tuple(
    fc.constantFrom("tags", "$body", "größe", "_x1"),
    fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.nat(99)), { maxLength: 3 }),
  )
  .map(([root, steps]) => [root, ...steps]);

const { expression } = fc.letrec<{ expression: Expression }>((tie) => {
  const inner = tie("expression");
  const several = fc.array(inner, { minLength: 2, maxLength: 3 });
  return {
    expression: fc.oneof(
      { maxDepth: 4 },
      fc.record({
        kind: fc.constant("literal" as const),
        value: fc.oneof(
          fc.string({ unit: "binary" }),
          fc.double({ noNaN: true, noDefaultInfinity: true }),
          fc.constantFrom(true, false, null, undefined),
        ),
      }),
      fc.record({ kind: fc.constant("path" as const), path: anyPath }),
      fc.record({ kind: fc.constant("array" as const), items: fc.array(inner, { maxLength: 3 }) }),
      fc.record({ kind: fc.constantFrom("and" as const, "or" as const), operands: several }),
      fc.record({ kind: fc.constantFrom("not" as const, "negate" as const), operand: inner }),
      fc.record({
        kind: fc.constant("compare" as const),
        operator: fc.constantFrom("=", "!=", "<", "<=", ">", ">="),
        left: inner,
        right: inner,
      }),
      fc.record({
        kind: fc.constant("in" as const),
        operand: inner,
        list: fc.array(inner, { maxLength: 3 }),
        negated: fc.boolean(),
      }),
      fc.record({
        kind: fc.constant("arithmetic" as const),
        first: inner,
        rest: fc.array(
          fc.record({ operator: fc.constantFrom("+" as const, "-" as const), operand: inner }),
          { minLength: 1, maxLength: 3 },
        ),
      }),
      fc.record({
        kind: fc.constant("call" as const),
        name: fc.constantFrom("CONTAINS", "INDEX_OF", "POWER", "STARTS_WITH"),
        operands: fc.array(inner, { minLength: 2, maxLength: 2 }),
      }),
      fc.record({
        kind: fc.constant("call" as const),
        name: fc.constantFrom("IS_DEFINED", "LENGTH", "AS_NUMBER", "EXP", "LOWER"),
        operands: fc.array(inner, { minLength: 1, maxLength: 1 }),
      }),
    ),
  };
});

/** Any expression that the parser can give. */
export const anyExpression = expression;
