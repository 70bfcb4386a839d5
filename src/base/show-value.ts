/** A value from outside as a message shows it: short, and without what a mapping or list holds (it may be a secret). */
export function showValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a mapping";
  const isPlain = typeof value === "number" || typeof value === "boolean";
  const text = isPlain ? `${value}` : (JSON.stringify(value) ?? typeof value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** What kind of value it is, where the value itself must not be shown. */
export function showKind(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (typeof value === "object") return showValue(value);
  return typeof value === "string" ? "a text" : `a ${typeof value}`;
}
