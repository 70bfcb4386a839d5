import type { FunctionName } from "./functions.ts";

/** Where a value is found: a name, then members of objects by name and items of arrays by number. */
export type Path = readonly [root: string, ...steps: (string | number)[]];

export const COMPARISONS = ["=", "!=", "<=", ">=", "<", ">"] as const;
export type Comparison = (typeof COMPARISONS)[number];

export const SUM_OPERATORS = ["+", "-"] as const;
export const PRODUCT_OPERATORS = ["*", "/", "%"] as const;
export type ArithmeticOperator =
  (typeof SUM_OPERATORS)[number] | (typeof PRODUCT_OPERATORS)[number];

/**
 * A condition, or a part of one. Chains of AND, OR and arithmetic of one rank are flat lists, so that only parentheses
 * and their like make a tree deeper.
 */
export type Expression =
  | { readonly kind: "literal"; readonly value: string | number | boolean | null | undefined }
  | { readonly kind: "path"; readonly path: Path }
  | { readonly kind: "array"; readonly items: readonly Expression[] }
  | { readonly kind: "and" | "or"; readonly operands: readonly Expression[] }
  | { readonly kind: "not" | "negate"; readonly operand: Expression }
  | {
      readonly kind: "compare";
      readonly operator: Comparison;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      /** `IN`, or `NIN` if it is negated. */
      readonly kind: "in";
      readonly operand: Expression;
      readonly list: readonly Expression[];
      readonly negated: boolean;
    }
  | {
      /** From left to right. */
      readonly kind: "arithmetic";
      readonly first: Expression;
      readonly rest: readonly {
        readonly operator: ArithmeticOperator;
        readonly operand: Expression;
      }[];
    }
  | {
      readonly kind: "call";
      readonly name: FunctionName;
      readonly operands: readonly Expression[];
    };
