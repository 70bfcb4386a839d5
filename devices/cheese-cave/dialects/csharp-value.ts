import type { Json } from "../../../src/model/model.ts";

/** What `double.Parse` reads: blanks around, a sign, commas between digits, an exponent. */
const DOUBLE = /^\s*[+-]?(?:\d[\d,]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/**
 * The number in a text; undefined = the sample's parser throws. What is not finite counts as such, because it would end
 * the sample's program at its next reading.
 */
export function parseDouble(text: string): number | undefined {
  if (!DOUBLE.test(text)) return undefined;
  const value = Number(text.replaceAll(",", ""));
  return Number.isFinite(value) ? value : undefined;
}

/** What C# makes of a JSON value where a number is wanted: texts are parsed, true is 1; undefined = it throws. */
export function toDouble(value: Json | undefined): number | undefined {
  if (typeof value === "string") return parseDouble(value);
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "number" ? value : undefined;
}
