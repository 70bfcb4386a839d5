import type { Expression, Path } from "../../../../src/emulator/query/expression.ts";

/** Writes an expression so that reading it gives the same again: every part in parentheses. */
export function printExpression(expression: Expression): string {
  const inner = (part: Expression): string => `(${printExpression(part)})`;
  switch (expression.kind) {
    case "literal":
      if (typeof expression.value === "string") return printString(expression.value);
      return Object.is(expression.value, -0) ? "-0" : String(expression.value);
    case "path":
      return printPath(expression.path);
    case "array":
      return `[ ${expression.items.map(inner).join(", ")}]`;
    case "and":
    case "or":
      return expression.operands.map(inner).join(` ${expression.kind} `);
    case "not":
      return `NOT ${inner(expression.operand)}`;
    case "negate":
      return `-${inner(expression.operand)}`;
    case "compare":
      return `${inner(expression.left)} ${expression.operator} ${inner(expression.right)}`;
    case "in": {
      const word = expression.negated ? "NIN" : "in";
      return `${inner(expression.operand)} ${word} [ ${expression.list.map(inner).join(",")}]`;
    }
    case "arithmetic": {
      const rest = expression.rest.map(({ operator, operand }) => `${operator}${inner(operand)}`);
      return `${inner(expression.first)}${rest.join("")}`;
    }
    case "call":
      return `${expression.name}(${expression.operands.map(inner).join(", ")})`;
    default:
      return expression satisfies never;
  }
}

export function printPath([root, ...steps]: Path): string {
  const text = steps.map((step) =>
    typeof step === "number" ? `[${step}]` : `[${printString(step)}]`,
  );
  return root + text.join("");
}

function printString(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
