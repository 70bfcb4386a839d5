import type { Json } from "../../../src/model/model.ts";

/** A JSON value as JavaScript joins it to a text: `undefined`, `null`, elements of a list with commas. */
export function jsText(value: Json | undefined): string {
  if (typeof value !== "object" || value === null) return String(value);
  return isList(value)
    ? value.map((element) => (element === null ? "" : jsText(element))).join(",")
    : "[object Object]";
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
