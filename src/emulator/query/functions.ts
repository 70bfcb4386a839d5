import type { Json } from "../../base/json.ts";
import { isJsonObject } from "../../base/json.ts";
import type { Value } from "./values.ts";

// Source of names and arguments: Microsoft Learn, "IoT Hub query language for device and module twins, jobs, and
// message routing", "Functions". The names without an underscore are what twin queries are written with.

interface QueryFunction {
  readonly minArguments: number;
  readonly maxArguments: number;
  /** Total: arguments of the wrong type give undefined, or false from a test. */
  readonly apply: (...operands: readonly Value[]) => Value;
}

/** A longer result of CONCAT is undefined, so that no query can fill the memory. */
const CONCAT_MAX_LENGTH = 1024 * 1024;

const test = (check: (value: Value) => boolean): QueryFunction => ({
  minArguments: 1,
  maxArguments: 1,
  apply: (value) => check(value),
});

const ofNumber = (compute: (value: number) => number): QueryFunction => ({
  minArguments: 1,
  maxArguments: 1,
  apply: (value) => (typeof value === "number" ? finite(compute(value)) : undefined),
});

const ofString = (compute: (value: string) => Json): QueryFunction => ({
  minArguments: 1,
  maxArguments: 1,
  apply: (value) => (typeof value === "string" ? compute(value) : undefined),
});

const ofStrings = (compute: (text: string, part: string) => Json): QueryFunction => ({
  minArguments: 2,
  maxArguments: 2,
  apply: (text, part) =>
    typeof text === "string" && typeof part === "string" ? compute(text, part) : undefined,
});

const startsWith = ofStrings((text, part) => text.startsWith(part));
const endsWith = ofStrings((text, part) => text.endsWith(part));

const FUNCTIONS = {
  IS_DEFINED: test((value) => value !== undefined),
  IS_NULL: test((value) => value === null),
  IS_BOOL: test((value) => typeof value === "boolean"),
  IS_NUMBER: test((value) => typeof value === "number"),
  IS_STRING: test((value) => typeof value === "string"),
  IS_ARRAY: test((value) => Array.isArray(value)),
  IS_OBJECT: test(isJsonObject),
  IS_PRIMITIVE: test(
    (value) => value === null || ["boolean", "number", "string"].includes(typeof value),
  ),
  STARTSWITH: startsWith,
  STARTS_WITH: startsWith,
  ENDSWITH: endsWith,
  ENDS_WITH: endsWith,
  CONTAINS: ofStrings((text, part) => text.includes(part)),
  INDEX_OF: ofStrings((text, part) => text.indexOf(part)),
  LENGTH: ofString((text) => text.length),
  LOWER: ofString((text) => text.toLowerCase()),
  UPPER: ofString((text) => text.toUpperCase()),
  CONCAT: {
    minArguments: 2,
    maxArguments: Infinity,
    apply: (...operands) => concat(operands),
  },
  SUBSTRING: {
    minArguments: 2,
    maxArguments: 3,
    apply: (text, start, length = Infinity) =>
      typeof text === "string" && typeof start === "number" && typeof length === "number"
        ? text.slice(Math.max(0, start), Math.max(0, start) + Math.max(0, length))
        : undefined,
  },
  AS_NUMBER: {
    minArguments: 1,
    maxArguments: 1,
    apply: (value) => asNumber(value),
  },
  ABS: ofNumber(Math.abs),
  CEILING: ofNumber(Math.ceil),
  EXP: ofNumber(Math.exp),
  FLOOR: ofNumber(Math.floor),
  SIGN: ofNumber(Math.sign),
  SQRT: ofNumber(Math.sqrt),
  SQUARE: ofNumber((value) => value * value),
  POWER: {
    minArguments: 2,
    maxArguments: 2,
    apply: (base, exponent) =>
      typeof base === "number" && typeof exponent === "number"
        ? finite(base ** exponent)
        : undefined,
  },
} satisfies Readonly<Record<string, QueryFunction>>;

export type FunctionName = keyof typeof FUNCTIONS;

/** @param text in any case */
export function functionNamed(text: string): FunctionName | undefined {
  const upper = text.toUpperCase();
  return isFunctionName(upper) ? upper : undefined;
}

function isFunctionName(text: string): text is FunctionName {
  return Object.hasOwn(FUNCTIONS, text);
}

export function functionOf(name: FunctionName): QueryFunction {
  return FUNCTIONS[name];
}

/** A number, or undefined for what is none: NaN and the infinities are no JSON. */
export function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

function concat(operands: readonly Value[]): Value {
  let text = "";
  for (const operand of operands) {
    if (typeof operand !== "string" || text.length + operand.length > CONCAT_MAX_LENGTH)
      return undefined;
    text += operand;
  }
  return text;
}

function asNumber(value: Value): Value {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  return finite(Number(value));
}
