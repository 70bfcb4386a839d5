/** Steps from the top of a document to a value. */
export type Path = readonly PropertyKey[];

/** `["fleet", 0, "count"]` as `fleet[0].count`. */
export function formatPath(path: Path): string {
  return path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("")
    .replace(/^\./, "");
}
