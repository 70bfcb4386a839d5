/** Any JSON value, as it travels in twins, method payloads and IPC. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * What keeps a value from travelling as JSON, as `path: expected JSON, got NaN`; undefined = nothing. A member that is
 * undefined is one that is not there.
 *
 * @throws {RangeError} where it holds itself
 */
export function jsonTrouble(value: unknown, path = ""): string | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined;
  if (typeof value === "number" && Number.isFinite(value)) return undefined;
  if (typeof value !== "object") {
    const got = typeof value === "number" ? String(value) : `a ${typeof value}`;
    return `${path === "" ? "" : `${path}: `}expected JSON, got ${got}`;
  }
  const at = path === "" ? "" : `${path}.`;
  for (const [name, member] of Object.entries(value)) {
    const trouble = member === undefined ? undefined : jsonTrouble(member, `${at}${name}`);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}
