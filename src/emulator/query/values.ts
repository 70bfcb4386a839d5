import { isDeepStrictEqual } from "node:util";
import type { Json } from "../../base/json.ts";
import { isJsonObject } from "../../base/json.ts";

/** What an expression gives; undefined is what is not there, or cannot be computed. */
export type Value = Json | undefined;

/** The value at the end of the steps, by own members only; undefined where one of them is missing. */
export function valueAt(root: Value, steps: readonly (string | number)[]): Value {
  let value = root;
  for (const step of steps) {
    if (typeof step === "string")
      value = isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
    else value = Array.isArray(value) ? itemOf(value, step) : undefined;
    if (value === undefined) return undefined;
  }
  return value;
}

function itemOf(items: readonly Json[], index: number): Value {
  return items[index];
}

/** Values of different types are never equal. Objects and arrays may nest as deep as `parseJson` lets them. */
export function areEqual(a: Json, b: Json): boolean {
  return a === b || (typeof a === "object" && isDeepStrictEqual(a, b));
}

/**
 * Negative, 0 or positive as `a` comes before, with or after `b`; undefined where the two have no order, as values of
 * different types. Strings go by their UTF-16 units, but points in time by time, however many digits they have.
 */
export function orderOf(a: Json, b: Json): number | undefined {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  if (typeof a !== "string" || typeof b !== "string") return undefined;
  const textual = a === b ? 0 : a < b ? -1 : 1;
  if (textual === 0 || !TIME.test(a) || !TIME.test(b)) return textual;
  const difference = Date.parse(a) - Date.parse(b);
  // No number where a month or an hour cannot be.
  return Number.isNaN(difference) || difference === 0 ? textual : difference;
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;
