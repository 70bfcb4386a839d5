import { unknownEntry } from "../shared/mapping.ts";
import type { Json } from "../../src/model/model.ts";

/** Whether a condition holds for what names mean at the moment. */
export type Condition = (valueOf: (name: string) => Json) => boolean;

const NAME = String.raw`[\p{L}_][\p{L}\p{N}_.-]*`;
const NUMBER = String.raw`[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?`;
const TERM = new RegExp(
  String.raw`^\s*(?<left>${NAME})\s*(?<operator><=|>=|==|!=|<|>)\s*` +
    String.raw`(?:(?<number>${NUMBER})|'(?<text>[^']*)'|(?<right>${NAME})\s*(?<offset>[-+]\s*\d+(?:\.\d+)?)?)\s*$`,
  "u",
);

const OPERATORS: Readonly<Record<string, (left: Json, right: Json) => boolean>> = {
  "<": (left: Json, right: Json) => compared(left, right) < 0,
  "<=": (left: Json, right: Json) => compared(left, right) <= 0,
  ">": (left: Json, right: Json) => compared(left, right) > 0,
  ">=": (left: Json, right: Json) => compared(left, right) >= 0,
  "==": (left: Json, right: Json) => left === right,
  "!=": (left: Json, right: Json) => left !== right,
};

/**
 * Reads comparisons of names with numbers, texts in single quotes, true, false, or another name, to which a number may
 * be added: `temperature > 30`, `mode == 'eco'`, `temperature > setpoint + 5 or door == true`. All must hold where they
 * are joined by `and`, one where by `or`.
 *
 * @param names what may be named
 * @returns the condition, or why the text is none
 */
export function parseCondition(text: string, names: ReadonlySet<string>): Condition | string {
  const parts = text.split(/\s+(and|or)\s+/u);
  const joints = new Set(parts.filter((_part, index) => index % 2 === 1));
  if (joints.size > 1) return "expected comparisons joined by and alone, or by or alone, got both";
  const terms = parts
    .filter((_part, index) => index % 2 === 0)
    .map((part) => parseTerm(part, names));
  const wrong = terms.find((term) => typeof term === "string");
  if (wrong !== undefined) return wrong;
  const good = terms.filter((term) => typeof term !== "string");
  return joints.has("or")
    ? (valueOf) => good.some((holds) => holds(valueOf))
    : (valueOf) => good.every((holds) => holds(valueOf));
}

function parseTerm(text: string, names: ReadonlySet<string>): Condition | string {
  const found = TERM.exec(text)?.groups;
  const left = found?.["left"];
  const compare = OPERATORS[found?.["operator"] ?? ""];
  if (found === undefined || left === undefined || compare === undefined) {
    return `expected a comparison such as temperature > 30, got ${JSON.stringify(text)}`;
  }
  const right = operandOf(found);
  for (const name of typeof right === "string" ? [left, right] : [left]) {
    if (!names.has(name))
      return `"${name}": ${unknownEntry(name, names, "field or desired property")}`;
  }
  if (typeof right !== "string") return (valueOf) => compare(valueOf(left), right.value);
  const offset = Number((found["offset"] ?? "0").replace(/\s/gu, ""));
  return (valueOf) => {
    const value = valueOf(right);
    return compare(valueOf(left), typeof value === "number" ? value + offset : value);
  };
}

/** A value, or the name of one. */
function operandOf(found: Readonly<Record<string, string | undefined>>): { value: Json } | string {
  if (found["number"] !== undefined) return { value: Number(found["number"]) };
  if (found["text"] !== undefined) return { value: found["text"] };
  const word = found["right"] ?? "";
  if (word === "true" || word === "false") return { value: word === "true" };
  return word;
}

/** Numbers and texts have an order, each among themselves; NaN where there is none, for which nothing holds. */
function compared(left: Json, right: Json): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (typeof left !== "string" || typeof right !== "string") return Number.NaN;
  return left === right ? 0 : left < right ? -1 : 1;
}
