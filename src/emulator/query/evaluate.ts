import type { ArithmeticOperator, Comparison, Expression, Path } from "./expression.ts";
import { finite, functionOf } from "./functions.ts";
import type { Value } from "./values.ts";
import { areEqual, orderOf } from "./values.ts";

/** What a path means for the document or message at hand; undefined where it has no such member. */
export type Lookup = (path: Path) => Value;

/** Whether the condition holds; what is not there or of another type holds for nothing. Never throws. */
export function holds(condition: Expression, lookup: Lookup): boolean {
  return evaluate(condition, lookup) === true;
}

/** Gives the value of any expression that the parser makes; never throws. */
export function evaluate(expression: Expression, lookup: Lookup): Value {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "path":
      return lookup(expression.path);
    case "array":
      return expression.items.map((item) => evaluate(item, lookup) ?? null);
    case "and":
      return expression.operands.every((operand) => holds(operand, lookup));
    case "or":
      return expression.operands.some((operand) => holds(operand, lookup));
    case "not":
      return !holds(expression.operand, lookup);
    case "negate": {
      const value = evaluate(expression.operand, lookup);
      return typeof value === "number" ? -value : undefined;
    }
    case "compare": {
      const left = evaluate(expression.left, lookup);
      return compare(left, expression.operator, evaluate(expression.right, lookup));
    }
    case "in": {
      const value = evaluate(expression.operand, lookup);
      if (value === undefined) return false;
      const isIn = expression.list.some((item) => compare(value, "=", evaluate(item, lookup)));
      return isIn !== expression.negated;
    }
    case "arithmetic": {
      let value = evaluate(expression.first, lookup);
      for (const { operator, operand } of expression.rest)
        value = compute(value, operator, evaluate(operand, lookup));
      return value;
    }
    case "call": {
      const operands = expression.operands.map((operand) => evaluate(operand, lookup));
      return functionOf(expression.name).apply(...operands);
    }
    default:
      return expression satisfies never;
  }
}

/** A comparison with what is not there is false, `!=` too. */
function compare(left: Value, operator: Comparison, right: Value): boolean {
  if (left === undefined || right === undefined) return false;
  if (operator === "=") return areEqual(left, right);
  if (operator === "!=") return !areEqual(left, right);
  const order = orderOf(left, right);
  if (order === undefined) return false;
  switch (operator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    default:
      return operator satisfies never;
  }
}

function compute(left: Value, operator: ArithmeticOperator, right: Value): Value {
  if (typeof left !== "number" || typeof right !== "number") return undefined;
  switch (operator) {
    case "+":
      return finite(left + right);
    case "-":
      return finite(left - right);
    case "*":
      return finite(left * right);
    case "/":
      return finite(left / right);
    case "%":
      return finite(left % right);
    default:
      return operator satisfies never;
  }
}
