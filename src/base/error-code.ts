/** The `code` that Node gives its errors, such as `ENOENT`; undefined for anything without one. Never throws. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
